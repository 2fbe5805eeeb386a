// Package operator pins the prometheus-operator that promgate is measured
// against, in a module of its own so that its dependencies and the rig's do not
// settle on one another's versions. The rig takes the operator's CRDs and example
// objects out of the pinned module. The test that holds promgate's configuration
// against what the operator's generator makes of the same objects will live here.
package operator

import _ "github.com/prometheus-operator/prometheus-operator/example" // the CRDs; keeps the requirement in go.mod
