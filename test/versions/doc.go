// Package versions asks released versions of Prometheus which expressions, templates, rule files and
// configurations they accept. For each release it generates two small programs in modules of their own: one
// links that release's parser and rule loader, the other one its loader of configurations. The compiled
// programs are kept in the cache of the rig: PROMGATE_CACHE, or promgate/ in the user's cache directory.
//
// Nothing about a release is written by hand but its version, in releases.go. What the programs have to
// call, which options of the parser a feature flag sets, and which fields a configuration has, is read from
// the release's own sources.
//
//	go test ./...                                 the tables in package dialect, and all releases against promgate
//	go run ./generate                             writes the tables and docs/versions.md
//	VERSIONS=v0.305.0,v0.316.0 go test ./...      with these releases alone
//	VERSIONS_CORPUS=DIR go test ./...             with the rules in a directory as well, such as a collection of mixins
//	VERSIONS_SEED=7 VERSIONS_EXPRESSIONS=9000 VERSIONS_REQUESTS=50 ... another, longer run
//	go run ./ask 'rate(x[5m] smoothed)' FLAG...   what each release says of an expression
//	go run ./ask -configuration FILE FLAG...      what each release says of a configuration
//	go run ./tables dialect/server_table.go       writes the table of the server's flags
//	go run ./tables dialect/alertmanager_table.go writes the table of the keys of Alertmanager's configuration
//	go run ./tables internal/schema/operator_table.go  writes the table of the operator's fields
//
// Releases of Thanos are asked in the same way, through their own manager of rules: see thanos.go. THANOS selects some of
// them, as VERSIONS does for Prometheus.
//
// The loader decodes the settings of discoveries with the code of the release, copied without the clients:
// their libraries take longer to compile than everything else. Not compared: the settings that need such a
// library to be decoded (AWS before 3.14, Azure before 2.48, Scaleway), what a reload does beyond the loader and
// the clients of jobs, remote writes, remote reads and Alertmanagers, and what depends on the version of Go
// that a release is compiled with, such as {{ else with }} in templates. All programs are compiled with one Go.
package versions
