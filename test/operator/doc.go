// Package operator pins the prometheus-operator with which promgate is compared, in a module of its
// own, so that its dependencies and those of the rig do not affect each other's versions. The rig
// takes the operator's CRDs and example objects from the pinned module, and builds the operator
// from it. The command reference in this directory returns the output of the operator's generator
// for a set of objects; test/parity compares promgate's configuration with that.
package operator

import _ "github.com/prometheus-operator/prometheus-operator/example" // the CRDs; keeps the requirement in go.mod
