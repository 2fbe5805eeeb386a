// Package judge gives Prometheus' own verdict on what package promconfig renders:
// the configuration loader, the rule file parser, the construction of each HTTP
// client with its resolved secrets, and the uniqueness of remote read and write
// entries that a reload insists on. It is Prometheus v0.316 (3.16) code; a Prometheus
// 2 is asked for its stricter names besides.
//
// The loader alone passes two identical remote writes, garbage in an inline
// certificate, and rule files, which it never opens. It refuses kinds of discovery
// that are not linked: those are registered as stubs (package discovery).
//
// A verdict is a [validation.Finding] with the path of the object's field. Where the
// loader gives no place, it is found by taking away what the job is made of, piece
// by piece, until the loader is content.
package judge
