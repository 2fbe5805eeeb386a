// Package validation is the frame of all checks: a [Check] is data and one pure function,
// a [Finding] is one mistake that it reports, a [Place] is the part of an object that the
// mistake is in, a [Kind] ties a Kubernetes kind to its list of checks, and a [Policy] sets
// how severe each check is.
//
// The package, and every package below it, is pure. It must not import a client,
// net/http, os or anything else that talks to the world, and it must not ask for
// the time: whatever a check may know beyond its object is in the [Snapshot].
//
// A user's mistake is a Finding. An error means that promgate itself could not
// check; the two are never mixed.
package validation
