package explain

import (
	"maps"
	"slices"

	"github.com/promgate/promgate/selection"
)

// explainMalformed is about an object that is stored, and that the operator cannot decode.
func (e *explainer) explainMalformed(err error) {
	e.yes("exists", e.ref.Kind+" "+e.ref.Path()+" exists.")
	e.no("readable", "It cannot be read as a "+e.ref.Kind+".", problem{stageAccepted,
		"it does not decode, and with it in the cluster the operator cannot list any " + e.ref.Kind, "fix the field that the message names, or delete the object",
	}, err.Error())
}

// explainUnlistable is about other objects that keep the operator from listing a kind: its client
// decodes the list of a kind as a whole. What it has listed before, it keeps.
func (e *explainer) explainUnlistable() {
	for _, ref := range slices.SortedFunc(maps.Keys(e.Malformed), selection.Ref.Compare) {
		kind, _ := selection.KindNamed(ref.Kind)
		if ref.Kind != e.ref.Kind && !kind.Instance {
			continue
		}
		e.unknown("listable", "Whether the operator knows its current state is not known: it cannot list the "+ref.Kind+" objects while "+ref.Path()+" does not decode.", e.Malformed[ref].Error())
	}
}
