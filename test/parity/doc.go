// Package parity compares promgate's configuration with the configuration that the operator's
// generator makes of the same objects. The operator runs as a process of its own, built from the
// module test/operator; this module links promgate. Objects come from a table (testdata) and from a
// seeded generator that knows the CRDs' schemas.
//
//	go test ./...                                the table and a few thousand monitors
//	PARITY_SEED=7 PARITY_REQUESTS=1000 go test   another, longer run
//	PARITY_EXAMPLES=40 go test                   shows more differences, each minimized
//
// A difference that is not on the list in differences.go is a failure.
package parity
