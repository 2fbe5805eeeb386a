// Package rule holds the checks on PrometheusRule objects. They deny a rule that
// Prometheus' own rule loader (model/rulefmt, v0.316) refuses, that the operator cannot
// write, that takes Prometheus seconds to read, or whose result no engine can use;
// everything else is a warning. The tests in parity_test.go compare the checks with the
// loader itself.
//
// Like all of validation it is pure: no client, no file system, no clock.
package rule
