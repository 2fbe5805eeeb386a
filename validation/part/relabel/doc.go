// Package relabel holds the checks on relabelings, each by itself or a whole list of them.
// The packages of the kinds make [Relabelings] of each of their lists.
//
// Like all of validation it is pure: no client, no file system, no clock.
package relabel
