// Package monitor holds the checks on a scrape as a whole that ServiceMonitor, PodMonitor,
// Probe and ScrapeConfig share, and the list of all their checks. Each check has one file, one
// id and one page. The package of a kind reads its objects into an [Object]: scrapes and their
// parts, each with its place. The checks look only at that. Checks on a single part of a
// scrape are in the packages below validation/part.
//
// Like all of validation it is pure: no client, no file system, no clock.
package monitor
