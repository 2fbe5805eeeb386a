package monitor

import (
	"fmt"
	"maps"
	"slices"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

var staticLabel = validation.Check[Labels]{
	ID: "static-label", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A static target has a label that Prometheus refuses",
		Text: `Prometheus refuses its whole configuration for a label without a name. The name ` + "`<<`" + ` merges maps
in YAML. Names with other characters than letters, digits and ` + "`_`" + ` need
Prometheus 3. A value has to be valid UTF-8; an empty one is allowed.`,
		Since: "v0.1.0",
	},
	Run: func(l Labels, s validation.Snapshot) []validation.Finding {
		names := model.UTF8Validation
		if !s.Prometheus.Has(since.UTF8Names) { // since then the loader goes by UTF-8, whatever the configuration says
			names = model.LegacyValidation
		}
		var found []validation.Finding
		for _, name := range slices.Sorted(maps.Keys(l.Values)) {
			at := l.Place
			at.Path = at.Path.Key(name)
			switch {
			case name == "":
				found = append(found, at.Finding("a label has no name", "give it one, or remove it", name))
			case name == part.MergeKey:
				found = append(found, at.Finding("in YAML the name << merges maps, quoted or not, so that Prometheus cannot read its configuration", "choose another name", name))
			case !names.IsValidLabelName(name):
				found = append(found, at.Finding(
					fmt.Sprintf("%q is not a label name for Prometheus %s", name, s.Prometheus.Version), "use letters, digits and _, and begin with no digit", name))
			case !model.LabelValue(l.Values[name]).IsValid():
				found = append(found, at.Finding("the value is not valid UTF-8", "write it in UTF-8", name))
			}
		}
		return found
	},
}
