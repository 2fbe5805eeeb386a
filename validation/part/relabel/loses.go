package relabel

import (
	"slices"

	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
)

// Loses reports whether the relabelings certainly remove a label that none of them reads before, and
// that none sets afterwards. by is the index of the one that does in the list, and negative if it is one of
// the scrape class.
func (r Relabelings) Loses(name string) (by int, lost bool) {
	preceding := r.Preceding()
	for i, c := range slices.Concat(preceding, r.List) {
		one := Relabeling{RelabelConfig: c}
		switch action, known := one.action(); {
		case !known:
			return 0, false
		case action == relabel.LabelDrop, action == relabel.LabelKeep:
			if !lost && one.takesAway([]string{name}) != "" {
				by, lost = i-len(preceding), true
			}
		case relabeling.MaySet(&c, name), !lost && relabeling.MayRead(&c, name):
			return 0, false
		}
	}
	return by, lost
}
