package jobs

import (
	"maps"
	"slices"

	"github.com/promgate/promgate/selection"
)

// A Change is how one instance selects the known objects otherwise than before: because it has other selectors, or a
// namespace has other labels.
type Change struct {
	Instance selection.Ref

	// Lost are the objects that the instance selected and no longer selects, ordered by name.
	Lost []selection.Ref

	// Orphaned are those of Lost that no other instance selects and no reader takes.
	Orphaned []selection.Ref

	// Emptied are the kinds of which the instance selected objects and no longer selects any, in order.
	Emptied []string

	// Gained are the objects that the instance newly selects, ordered by name.
	Gained []selection.Ref

	// Clashes are the clashes between monitors that it brings, one for each pair of monitors and job. At least one of the
	// two is newly selected.
	Clashes []Clash
}

// maxGained limits for how many newly selected monitors clashes are looked for.
const maxGained = 1000

// ChangeOf returns what happens to the known objects if an instance selects them by other selectors and classes than
// before. It goes through all objects.
func (x *Index) ChangeOf(instance selection.Ref, before, after selection.Selectors, classes *ScrapeClasses) Change {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var indexed selection.Selectors
	if i, found := x.prometheus(instance); found {
		indexed = x.prometheuses[i].selectors
	}
	c := comparison{Change: Change{Instance: instance}, selected: map[string]bool{}, left: map[string]bool{}}
	for _, e := range x.monitors.list {
		if e == nil || e.Replaces {
			continue
		}
		m := &e.Monitor
		c.add(m, x.selects(before, m), x.selects(after, m), func() bool {
			others := e.takers
			if x.selects(indexed, m) {
				others--
			}
			return others == 0
		})
	}
	return c.change(x, prometheus{Ref: instance, selectors: after, classes: classes}, nil)
}

// ChangesOf returns what happens to the objects of a namespace if it has other labels than before: a change for each
// instance that then selects otherwise, ordered by Ref.
func (x *Index) ChangesOf(namespace string, before, after map[string]string) []Change {
	x.mu.RLock()
	defer x.mu.RUnlock()
	was, is := &relabeled{namespace, before}, &relabeled{namespace, after}
	members := x.members(namespace)
	var changes []Change
	for _, p := range x.prometheuses {
		c := comparison{Change: Change{Instance: p.Ref}, selected: map[string]bool{}, left: map[string]bool{}}
		for _, e := range members {
			m := &e.Monitor
			c.add(m, x.selectsAs(was, p.selectors, m), x.selectsAs(is, p.selectors, m), func() bool { return x.takersAs(is, m) == 0 })
		}
		if len(c.Lost)+len(c.Gained) == 0 {
			continue
		}
		x.selectedElsewhere(&c, p, namespace)
		changes = append(changes, c.change(x, p, is))
	}
	return changes
}

// members returns the known objects of a namespace.
func (x *Index) members(namespace string) []*entry {
	var members []*entry
	for n := range x.monitors.terms.all(term{about: aboutMembers, scope: namespace}) {
		// Two terms may share a list: see terms.
		if e := x.monitors.list[n]; e.Namespace == namespace && !e.Replaces {
			members = append(members, e)
		}
	}
	return members
}

// selectedElsewhere adds the kinds of which an instance still selects objects in other namespaces. It ends once each kind
// that the change may empty is found.
func (x *Index) selectedElsewhere(c *comparison, p prometheus, namespace string) {
	missing := len(c.emptied())
	for _, e := range x.monitors.list {
		if missing == 0 {
			return
		}
		if e == nil || e.Replaces || e.Namespace == namespace || !c.selected[e.Kind] || c.left[e.Kind] || !x.selects(p.selectors, &e.Monitor) {
			continue
		}
		c.left[e.Kind] = true
		missing--
	}
}

// A comparison collects what an instance selected before a change, and what it selects after it.
type comparison struct {
	Change

	gained         []*Monitor
	selected, left map[string]bool // kinds, before and after
}

func (c *comparison) add(m *Monitor, was, is bool, isOrphan func() bool) {
	c.selected[m.Kind] = c.selected[m.Kind] || was
	c.left[m.Kind] = c.left[m.Kind] || is
	switch {
	case was && !is:
		c.Lost = append(c.Lost, m.Ref)
		if isOrphan() {
			c.Orphaned = append(c.Orphaned, m.Ref)
		}
	case is && !was:
		c.Gained = append(c.Gained, m.Ref)
		c.gained = append(c.gained, m)
	}
}

// emptied returns the kinds of which nothing is left.
func (c *comparison) emptied() []string {
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(c.selected)) {
		if c.selected[kind] && !c.left[kind] {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// change returns the change, with the clashes under an instance as it will be.
func (c *comparison) change(x *Index, p prometheus, as *relabeled) Change {
	c.Emptied = c.emptied()
	slices.SortFunc(c.Lost, selection.Ref.Compare)
	slices.SortFunc(c.Orphaned, selection.Ref.Compare)
	slices.SortFunc(c.Gained, selection.Ref.Compare)
	slices.SortFunc(c.gained, func(a, b *Monitor) int { return a.Compare(b.Ref) })
	c.Clashes = x.newClashes(p, as, c.gained)
	return c.Change
}

// newClashes returns the clashes of newly selected monitors with all that the instance selects.
func (x *Index) newClashes(p prometheus, as *relabeled, gained []*Monitor) []Clash {
	type pair struct {
		a, b selection.Ref
		job  string
	}
	seen := map[pair]bool{}
	var clashes []Clash
	for _, m := range gained[:min(len(gained), maxGained)] {
		s := search{index: x, as: as, mine: m, found: map[pairing]Clash{}}
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

// SelectedBy returns the known objects that selectors select, ordered by name. It goes through all objects.
func (x *Index) SelectedBy(s selection.Selectors) []selection.Ref {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var selected []selection.Ref
	for _, e := range x.monitors.list {
		if e != nil && !e.Replaces && x.selects(s, &e.Monitor) {
			selected = append(selected, e.Ref)
		}
	}
	slices.SortFunc(selected, selection.Ref.Compare)
	return selected
}
