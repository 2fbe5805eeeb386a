// Package discovery holds the stubs in judge/discovery against the configuration types of
// Prometheus that they stand for.
//
// It is a module of its own, for it links the SDKs of all vendors. The stubs are never
// registered here: the real types are, under the same names.
//
//	go -C test/discovery test ./...
package discovery
