// Package rule holds the checks on PrometheusRule objects. What they deny is what
// Prometheus' own rule loader (model/rulefmt, v0.316) refuses, what the operator
// cannot write for it, and a rule whose result no engine can use; all else is a
// warning. The test in parity_test.go holds that against the loader itself.
//
// Like all of validation it is pure: no client, no file system, no clock.
package rule
