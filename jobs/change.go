package jobs

import (
	"maps"
	"slices"

	"github.com/promgate/promgate/selection"
)

// A Change is what other selectors of one instance do to the known objects.
type Change struct {
	// Lost are the objects that the instance selected and no longer selects, ordered by name.
	Lost []selection.Ref

	// Orphaned are those of Lost that no other instance selects and no reader takes.
	Orphaned []selection.Ref

	// Emptied are the kinds of which the instance selected objects and no longer selects any, in order.
	Emptied []string

	// Gained is the number of objects that the instance newly selects.
	Gained int

	// Clashes are the clashes between monitors that it brings, one for each pair of monitors and job. At least one of the
	// two is newly selected.
	Clashes []Clash
}

// maxGained limits for how many newly selected monitors clashes are looked for.
const maxGained = 1000

// ChangeOf returns what happens to the known objects if an instance selects them by other selectors than before. It goes
// through all objects.
func (x *Index) ChangeOf(instance selection.Ref, before, after selection.Selectors) Change {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var indexed selection.Selectors
	if i, found := x.prometheus(instance); found {
		indexed = x.prometheuses[i].selectors
	}
	var c Change
	var gained []*Monitor
	selected, left := map[string]int{}, map[string]int{}
	for _, e := range x.monitors.list {
		if e == nil || e.Replaces {
			continue
		}
		m := &e.Monitor
		was, is := x.selects(before, m), x.selects(after, m)
		if was {
			selected[m.Kind]++
		}
		if is {
			left[m.Kind]++
		}
		switch {
		case was && !is:
			c.Lost = append(c.Lost, m.Ref)
			others := e.takers
			if x.selects(indexed, m) {
				others--
			}
			if others == 0 {
				c.Orphaned = append(c.Orphaned, m.Ref)
			}
		case is && !was:
			c.Gained++
			gained = append(gained, m)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(selected)) {
		if left[kind] == 0 {
			c.Emptied = append(c.Emptied, kind)
		}
	}
	slices.SortFunc(c.Lost, selection.Ref.Compare)
	slices.SortFunc(c.Orphaned, selection.Ref.Compare)
	c.Clashes = x.newClashes(instance, after, gained)
	return c
}

// newClashes returns the clashes of newly selected monitors with all that the instance selects.
func (x *Index) newClashes(instance selection.Ref, after selection.Selectors, gained []*Monitor) []Clash {
	p := prometheus{Ref: instance, selectors: after}
	if i, found := x.prometheus(instance); found {
		p.classes = x.prometheuses[i].classes
	}
	type pair struct {
		a, b selection.Ref
		job  string
	}
	seen := map[pair]bool{}
	var clashes []Clash
	for _, m := range gained[:min(len(gained), maxGained)] {
		s := search{index: x, mine: m, found: map[pairing]Clash{}}
		for i := range m.Claims {
			s.claim(i)
		}
		for _, c := range s.under([]prometheus{p}) {
			at := pair{m.Ref, c.Rival.Ref, c.Job}
			if at.b.Compare(at.a) < 0 {
				at.a, at.b = at.b, at.a
			}
			if !seen[at] {
				seen[at] = true
				clashes = append(clashes, c)
			}
		}
	}
	return clashes
}
