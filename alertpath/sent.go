package alertpath

import (
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
)

// Sent returns the labels with which a Prometheus sends the alert (relabelAlerts, notifier/alert.go): external labels that the
// alert does not have are added, then it is relabeled. The outcome says whether relabeling drops it.
//
// The external labels are those of the configuration. The value of one with a variable in it differs between pods.
func (l Labels) Sent(external map[string]string, relabelings []*relabel.Config) (Labels, relabeling.Outcome) {
	for _, name := range slices.Sorted(maps.Keys(external)) {
		values, known := l.Of(name)
		if !known || strings.Contains(external[name], "$") {
			l = l.with(name, nil)
			continue
		}
		var after []string
		for _, value := range values {
			if value == "" {
				value = external[name]
			}
			after = appendNew(after, value)
		}
		l = l.with(name, after)
	}
	return l.Relabeled(relabelings)
}

// Relabeled returns what relabelings make of the labels, and whether they drop the alert.
func (l Labels) Relabeled(relabelings []*relabel.Config) (Labels, relabeling.Outcome) {
	if len(relabelings) == 0 {
		return l, relabeling.Passes
	}
	known := &relabeling.Known{Values: map[string][]string{}, Absent: func(name string) bool {
		values, known := l.Of(name)
		return known && len(values) == 1 && values[0] == ""
	}}
	for _, name := range l.Names() {
		if values, ok := l.Of(name); ok {
			known.Values[name] = values
		}
	}
	out := Labels{values: map[string][]string{}, rest: l.rest, after: known.Of}
	for _, name := range l.Names() {
		out.values[name] = nil
	}
	outcome := relabeling.Passes
	for _, c := range relabelings {
		switch known.Apply(written(c)) {
		case relabeling.Drops:
			return out, relabeling.Drops
		case relabeling.Uncertain:
			outcome = relabeling.Uncertain
		case relabeling.Passes:
		}
		if c.TargetLabel != "" {
			out.values[c.TargetLabel] = nil
		}
		out.rest = out.rest || c.Action == relabel.LabelMap
	}
	return out, outcome
}

// written returns a relabeling as objects have it.
func written(c *relabel.Config) *monitoringv1.RelabelConfig {
	r := &monitoringv1.RelabelConfig{
		Action: string(c.Action), Separator: &c.Separator, TargetLabel: c.TargetLabel, Regex: c.Regex.String(), Modulus: int64(c.Modulus), Replacement: &c.Replacement,
	}
	if r.Regex == "" {
		r.Regex = "()" // where it is omitted, it is the default
	}
	for _, name := range c.SourceLabels {
		r.SourceLabels = append(r.SourceLabels, monitoringv1.LabelName(name))
	}
	return r
}

func appendNew(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	return append(list, value)
}
