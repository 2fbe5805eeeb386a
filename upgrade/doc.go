// Package upgrade says what another version of Prometheus changes for a set of objects: which findings are new
// with it, and which values silently get another meaning ([Kinds]). It reads and writes nothing: its callers run
// the checks with the version that runs, and with the other one ([At]), and compare the reports ([New]).
//
// What Prometheus refuses is known to the checks of package validation and to package dialect. The changes of
// meaning are the checks of this package: each of them is shown by test/versions, which runs the releases before
// and after the change on the same input.
package upgrade
