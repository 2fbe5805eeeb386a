// Package discovery holds stubs of the configuration types of those service
// discoveries whose real packages promgate does not link.
//
// The loader of Prometheus refuses a section such as ec2_sd_configs as an unknown key
// as long as no type is registered for it, and the packages with the real types bring
// the SDKs of two dozen cloud vendors. A stub has the keys, the kinds of values and the
// defaults of the real type, and makes those of its checks that need no vendor's code.
// It takes whatever the real one takes. It discovers nothing, and reads no file, so that
// it does not resolve paths either.
//
// The stubs follow Prometheus v0.316.0, one file for each package below its discovery
// directory, and the same name. The module test/discovery holds them against the real
// types; where a stub knowingly takes more is listed there.
package discovery
