package instance

import (
	"slices"

	"github.com/promgate/promgate/validation"
)

// unusableInstance is about what keeps the operator from configuring anything.
var unusableInstance = validation.Check[*Object]{
	ID: "unusable-instance", Severity: validation.Deny, LeavesOut: true,
	Doc: validation.Doc{
		Title: "A Prometheus cannot be used",
		Text: `The version of the Prometheus, PrometheusAgent or ThanosRuler is one that the operator (v0.93.0) cannot
read or does not support, or it has more shards than there can be. The operator configures nothing for
it: what it selects is not used, and changes to it have no effect.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		return slices.Clone(o.judged(s).Unusable)
	},
}
