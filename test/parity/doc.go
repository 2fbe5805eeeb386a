// Package parity holds promgate's configuration against the one that the operator's
// generator makes of the same objects. The operator runs as a process of its own, built
// from the module test/operator; this module links promgate. Objects come from a table
// (testdata) and from a seeded generator that knows the CRDs' schemas.
//
//	go test ./...                                the table and a few thousand monitors
//	PARITY_SEED=7 PARITY_REQUESTS=1000 go test   another, longer run
//	PARITY_EXAMPLES=40 go test                   shows more of what differs, each made small
//
// Whatever differs is either on the list in differences.go, or a failure.
package parity
