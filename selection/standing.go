package selection

import (
	"maps"
	"slices"
	"strings"
)

// A Standing lists the instances that select an object, and those that do not.
type Standing struct {
	// SelectedBy are the names of the instances that select the object, sorted.
	SelectedBy []string

	// Near are the others, the nearest first.
	Near []Near
}

// Near is an instance that does not select the object, and the reason.
type Near struct {
	Name string // namespace/name
	Gap  Gap
}

// Sort sorts both lists.
func (s *Standing) Sort() {
	slices.Sort(s.SelectedBy)
	slices.SortFunc(s.Near, func(a, b Near) int {
		if d := a.Gap.distance() - b.Gap.distance(); d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// distance orders gaps: one that a label closes is nearer than one that only another namespace
// closes, and one that nothing closes is the farthest.
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

// Words returns a clause that says what has to change.
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
