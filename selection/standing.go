package selection

import (
	"maps"
	"slices"
	"strings"
)

// A Standing is how an object stands with all who could select it.
type Standing struct {
	// SelectedBy are the names of those that select it, sorted.
	SelectedBy []string

	// Near are the others, the nearest first.
	Near []Near
}

// Near is one that does not select the object, and why.
type Near struct {
	Name string // namespace/name
	Gap  Gap
}

// Sort puts the standing in order.
func (s *Standing) Sort() {
	slices.Sort(s.SelectedBy)
	slices.SortFunc(s.Near, func(a, b Near) int {
		if d := a.Gap.distance() - b.Gap.distance(); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// distance orders gaps: what a label closes is nearer than what only another namespace
// does, and what nothing closes is the farthest.
func (g Gap) distance() int {
	d := len(g.Missing) + 2*len(g.Different)
	if g.Namespace {
		d += 1000
	}
	if g.Never {
		d += 100_000
	}
	return d
}

// Words says what would have to change, as a clause.
func (g Gap) Words() string {
	if g.Unwatched != "" {
		return "cannot, because the operator does not watch this namespace (" + g.Unwatched + ")"
	}
	if g.NoSelector != "" {
		return "has no selector for objects of kind " + g.NoSelector
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(g.Missing)) {
		parts = append(parts, "needs the label "+name+"="+g.Missing[name])
	}
	for _, name := range slices.Sorted(maps.Keys(g.Different)) {
		parts = append(parts, "needs the label "+name+" to be "+g.Different[name])
	}
	if g.Never && len(parts) == 0 {
		parts = append(parts, "has a selector that these labels cannot meet")
	}
	if g.Namespace {
		parts = append(parts, "does not select from this namespace")
	}
	return strings.Join(parts, ", and ")
}
