// Package discovery holds the checks on service discoveries. The package scrapeconfig makes
// a [Discovery] of each entry of their lists. How a discovery talks to its source is
// checked by the package client.
//
// Like all of validation it is pure: no client, no file system, no clock.
package discovery
