// Package discovery compares the stubs in judge/discovery with the configuration types of
// Prometheus that they replace.
//
// It is a module of its own, because it links the SDKs of all vendors. The stubs are never
// registered here: the real types are registered under the same names.
//
//	go -C test/discovery test ./...
package discovery
