// Package validation is the frame that every check stands in: a [Check] is data
// and one pure function, a [Finding] is what it has to say, a [Kind] ties a
// Kubernetes kind to its list of checks, and a [Policy] says how severe each is.
//
// The package, and every package below it, is pure. It must not import a client,
// net/http, os or anything else that talks to the world, and it must not ask for
// the time: what a check may know beyond its object comes in the [Snapshot].
//
// A user's mistake is a Finding. An error means that promgate itself could not
// check; the two are never mixed.
package validation
