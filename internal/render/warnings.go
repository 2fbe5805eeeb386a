package render

import (
	"slices"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// prometheusPath leads from a monitor to the Prometheus object, for what the monitor takes from there.
var prometheusPath = fieldpath.Into("Prometheus")

// Attribute returns warnings with each at the object that has the field. What all monitors take from the
// Prometheus object, from a scrape class for example, is a warning about that object, once.
func Attribute(warnings []Warning, prometheus selection.Ref) []Warning {
	var own []validation.Finding
	var others []Warning
	add := func(f validation.Finding) {
		same := func(other validation.Finding) bool { return other.Path.Equal(f.Path) && other.Problem == f.Problem }
		if !slices.ContainsFunc(own, same) {
			own = append(own, f)
		}
	}
	for _, w := range warnings {
		var rest []validation.Finding
		for _, f := range w.Findings {
			switch {
			case w.Object == prometheus:
				add(f)
			case f.Path.Within(prometheusPath):
				f.Path = f.Path.Below(prometheusPath)
				add(f)
			default:
				rest = append(rest, f)
			}
		}
		if len(rest) > 0 {
			others = append(others, Warning{w.Object, rest})
		}
	}
	if len(own) == 0 {
		return others
	}
	return append([]Warning{{prometheus, own}}, others...)
}
