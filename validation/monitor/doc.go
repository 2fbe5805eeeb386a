// Package monitor holds the checks that ServiceMonitor, PodMonitor, Probe and
// ScrapeConfig share. One file, one id and one page each. The package of a kind reads
// its objects into an [Object]: scrapes, and what they are made of, each with its
// place. The checks look at that alone.
//
// Like all of validation it is pure: no client, no file system, no clock.
package monitor
