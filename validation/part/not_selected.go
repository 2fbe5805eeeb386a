package part

import (
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// NotSelected warns about an object that no Prometheus selects. It looks only at the
// snapshot, so that it is a check on objects of any type.
func NotSelected[T any]() validation.Check[T] { return NotSelectedBy[T]("Prometheus") }

// NotSelectedBy is NotSelected for objects that instances of another kind select.
func NotSelectedBy[T any](kind string) validation.Check[T] {
	return validation.Check[T]{
		ID: "not-selected", Severity: validation.Warn,
		Doc: validation.Doc{
			Title: "No Prometheus selects the object",
			Text: `The object is stored, and nothing uses it. A Prometheus, PrometheusAgent or ThanosRuler selects
objects by their labels and by the labels of their namespace, and so does an Alertmanager with AlertmanagerConfigs: the
message says what the nearest ones require.

promgate adds the labels to a new object itself where that is certain: where only one set of
labels would do, or where the configuration names the intended Prometheus or Alertmanager
(` + "`defaulting.prometheus`, `defaulting.alertmanager`" + `). It never changes a label that the object has.

An object that another engine reads, such as Loki or VictoriaMetrics, is not missing a Prometheus: name that engine under
` + "`readers`" + ` in [promgate.yaml](../../configuration.md#readers).`,
			Since: "v0.1.0",
		},
		Run: func(_ T, s validation.Snapshot) []validation.Finding {
			if len(s.Unselected) == 0 {
				return nil
			}
			var reasons []string
			for _, u := range s.Unselected[:min(2, len(s.Unselected))] {
				reasons = append(reasons, u.Name+" "+u.Gap.Words())
			}
			labels := validation.Place{Path: fieldpath.New("metadata", "labels")}
			return []validation.Finding{labels.Finding("no "+kind+" selects it: "+strings.Join(reasons, "; "), "", "not selected")}
		},
	}
}
