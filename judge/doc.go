// Package judge asks Prometheus' own code about what package promconfig renders: the
// configuration loader, the parser of rule files, the constructor of each HTTP client with
// its resolved secrets, and the rule that remote writes and remote reads are unique. The code
// is Prometheus v0.316 (3.16). For a Prometheus 2 the judge also requires the stricter names
// of that version.
//
// The loader alone accepts two identical remote writes and garbage in an inline certificate,
// and never opens rule files. It refuses kinds of discovery that are not linked, so those are
// registered as stubs (package discovery).
//
// A verdict is a list of [validation.Finding], each with the path of the object's field. Where
// the loader names no field, the judge finds it by removing piece after piece of the job until
// the loader accepts the rest.
package judge
