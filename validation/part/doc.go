// Package part holds the checks on parts that objects of several kinds have: a
// duration is a duration in a rule and in a monitor. One file, one id and one page
// each; the packages of the kinds walk to the parts.
//
// Like all of validation it is pure: no client, no file system, no clock.
package part
