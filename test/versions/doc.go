// Package versions asks released versions of Prometheus which expressions, templates and rule files
// they accept. For each release it generates a small program in a module of its own, which links
// that release's parser and rule loader, and keeps the compiled program in the cache of the rig:
// PROMGATE_CACHE, or promgate/ in the user's cache directory.
//
// Nothing about a release is written by hand but its version, in releases.go. What the program has to
// call, and which options of the parser a feature flag sets, is read from the release's own sources:
// the signature of rulefmt.Parse, and cmd/prometheus/main.go.
//
//	go test ./...                                 the table in package dialect, and all releases against promgate
//	go run ./generate                             writes the table and docs/versions.md
//	VERSIONS=v0.305.0,v0.316.0 go test ./...      with these releases alone
//	VERSIONS_SEED=7 VERSIONS_EXPRESSIONS=9000 ... another, longer run
//	go run ./ask 'rate(x[5m] smoothed)' FLAG...   what each release says of an expression
//	go run ./flags                                writes the table of the server's flags, in package upgrade
//	go run ./operatorfields                       writes the table of the operator's fields, in package schema
//
// Not compared: the loader of configurations, and what depends on the version of Go that a release
// is compiled with, such as {{ else with }} in templates. All programs are compiled with one Go.
package versions
