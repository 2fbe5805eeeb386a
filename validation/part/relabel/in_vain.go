package relabel

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
)

// WritesInVain returns the relabelings that certainly write a label, or remove it, if the label gets a
// value after all of them. It leaves out what a later one may read, and what writes that value.
func (r Relabelings) WritesInVain(label, value string) []Relabeling {
	known := r.known()
	var inVain []Relabeling
	for i, one := range r.Each() {
		if known.Apply(&one.RelabelConfig) == relabeling.Drops {
			return nil // another check says so
		}
		values, isKnown := known.Of(label)
		same := isKnown && len(values) == 1 && values[0] == value
		later := slices.ContainsFunc(r.List[i+1:], func(c monitoringv1.RelabelConfig) bool { return relabeling.MayRead(&c, label) })
		if one.writes(label) && !same && !later {
			inVain = append(inVain, one)
		}
	}
	return inVain
}

// writes reports whether the relabeling names a label as the one that it writes, or that it removes.
func (r Relabeling) writes(label string) bool {
	switch action, known := r.action(); {
	case !known, action == relabel.Keep, action == relabel.Drop, action == relabel.KeepEqual, action == relabel.DropEqual,
		action == relabel.LabelMap, action == relabel.LabelKeep:
		return false
	case action == relabel.LabelDrop:
		return r.takesAway([]string{label}) != ""
	}
	return r.TargetLabel == label
}
