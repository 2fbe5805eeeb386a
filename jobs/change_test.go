package jobs

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/promgate/promgate/selection"
)

// TestChangeOf: what a change of selectors is said to do is what it does when it is made.
func TestChangeOf(t *testing.T) {
	lost, orphaned, clashes := 0, 0, 0
	for seed := range uint64(15) {
		c := chance{rand.New(rand.NewPCG(seed, 11))}
		x, y := NewIndex(), newNaive()
		for step := range 80 {
			c.step(t, x, y)
			for p, before := range y.prometheuses {
				after := c.prometheus(t)
				at := fmt.Sprintf("seed %d, step %d", seed, step)
				got := x.ChangeOf(p, before, after)
				compareChange(t, at, y, p, before, after, got)
				lost, orphaned, clashes = lost+len(got.Lost), orphaned+len(got.Orphaned), clashes+len(got.Clashes)

				x.SetPrometheus(p, after, nil)
				y.prometheuses[p] = after
				compareNewClashes(t, at, x, y, p, before, got)
				break // one of them, in any order
			}
		}
	}
	t.Logf("%d objects are lost, %d of them for good; %d clashes", lost, orphaned, clashes)
	if lost < 100 || orphaned < 30 || orphaned == lost || clashes < 30 {
		t.Error("too few")
	}
}

func compareChange(t *testing.T, at string, y *naive, p selection.Ref, before, after selection.Selectors, got Change) {
	t.Helper()
	var want Change
	was, is := map[string]bool{}, map[string]bool{}
	for _, m := range y.monitors {
		selected, stays := y.selects(before, m), y.selects(after, m)
		was[m.Kind], is[m.Kind] = was[m.Kind] || selected, is[m.Kind] || stays
		switch {
		case selected && !stays:
			want.Lost = append(want.Lost, m.Ref)
			others := false
			for ref, s := range y.prometheuses {
				others = others || ref != p && y.selects(s, m)
			}
			if !others {
				want.Orphaned = append(want.Orphaned, m.Ref)
			}
		case stays && !selected:
			want.Gained++
		}
	}
	for kind := range was {
		if was[kind] && !is[kind] {
			want.Emptied = append(want.Emptied, kind)
		}
	}
	slices.SortFunc(want.Lost, selection.Ref.Compare)
	slices.SortFunc(want.Orphaned, selection.Ref.Compare)
	slices.Sort(want.Emptied)
	got.Clashes = nil
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: ChangeOf (-want +got):\n%s", at, diff)
	}
}

// compareNewClashes compares the clashes with those of the newly selected monitors now that the change is made.
func compareNewClashes(t *testing.T, at string, x *Index, y *naive, p selection.Ref, before selection.Selectors, got Change) {
	t.Helper()
	pairs := func(all []Clash) []string {
		var names []string
		for _, c := range all {
			a, b := c.Mine.String(), c.Rival.String()
			names = append(names, min(a, b)+" "+max(a, b)+" "+c.Job)
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	var made []Clash
	for _, m := range y.monitors {
		after := y.prometheuses[p]
		if y.selects(before, m) || !y.selects(after, m) {
			continue
		}
		for _, c := range x.Clashes(m) {
			// A Prometheus and an agent may have the same name.
			if c.Prometheus == p.Path() && y.selects(after, c.Rival) {
				made = append(made, c)
			}
		}
	}
	if diff := cmp.Diff(pairs(made), pairs(got.Clashes), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: new clashes (-made +said):\n%s", at, diff)
	}
}
