// Package rule holds the checks on PrometheusRule objects. They deny what Prometheus' own rule
// loader (model/rulefmt, v0.316) refuses, what the operator cannot write for it, and rules
// whose result no engine can use; everything else is a warning. The test in parity_test.go
// compares them with the loader itself.
//
// Like all of validation it is pure: no client, no file system, no clock.
package rule
