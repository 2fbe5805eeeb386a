// Package part holds the checks on parts that objects of several kinds have: durations,
// label selectors, and whether a Prometheus selects the object. Each check has one file,
// one id and one page; the packages of the kinds walk to the parts. Larger parts have a
// package of their own below this one, and these do not import each other.
//
// Like all of validation it is pure: no client, no file system, no clock.
package part
