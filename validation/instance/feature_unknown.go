package instance

import (
	"slices"

	"github.com/promgate/promgate/validation"
)

// featureUnknown is about feature flags that do nothing.
var featureUnknown = validation.Check[*Object]{
	ID: "feature-unknown", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Prometheus does not know a feature flag",
		Text: `Prometheus starts with a feature flag that it does not know, and only its log says so: what the flag should turn on
is off. Feature flags that an older release had are not reported here: [upgrade-check](../../upgrade-check.md) says what an upgrade
turns off. The flags are those of the sources of each release from 2.37 to 3.16.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		return slices.Clone(o.judged(s).Features)
	},
}
