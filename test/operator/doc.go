// Package operator pins the prometheus-operator that promgate is measured
// against, in a module of its own so that its dependencies and the rig's do not
// settle on one another's versions. The rig takes the operator's CRDs and example
// objects out of the pinned module, and builds the operator itself from it. The
// command reference in here gives what the operator's generator makes of a set of
// objects; test/parity holds promgate's configuration against that.
package operator

import _ "github.com/prometheus-operator/prometheus-operator/example" // the CRDs; keeps the requirement in go.mod
