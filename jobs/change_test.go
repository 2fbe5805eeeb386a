package jobs

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
				got := x.ChangeOf(p, before, after, nil)
				compareChange(t, at, y, p, before, after, got)
				lost, orphaned, clashes = lost+len(got.Lost), orphaned+len(got.Orphaned), clashes+len(got.Clashes)

				x.SetPrometheus(p, after, nil)
				y.prometheuses[p] = after
				wasSelected := func(m *Monitor) bool { return y.selects(before, m) }
				compareNewClashes(t, at, x, y, p, wasSelected, got)
				break // one of them, in any order
			}
		}
	}
	t.Logf("%d objects are lost, %d of them for good; %d clashes", lost, orphaned, clashes)
	if lost < 100 || orphaned < 30 || orphaned == lost || clashes < 30 {
		t.Error("too few")
	}
}

// TestChangesOf: what other labels of a namespace are said to do is what they do.
func TestChangesOf(t *testing.T) {
	lost, orphaned, emptied, clashes := 0, 0, 0, 0
	for seed := range uint64(20) {
		c := chance{rand.New(rand.NewPCG(seed, 12))}
		x, y := NewIndex(), newNaive()
		for step := range 80 {
			c.step(t, x, y)
			if c.IntN(3) == 0 {
				p, s := selection.Ref{Kind: c.of("Prometheus", "PrometheusAgent"), Namespace: "m", Name: c.of("x", "y")}, c.choosy(t)
				x.SetPrometheus(p, s, nil)
				y.prometheuses[p] = s
			}
			namespace := c.of(universe.namespaces...)
			before, after := y.namespaces[namespace], c.labels()
			if c.IntN(4) == 0 {
				// The index may lag behind what the API server has stored.
				x.SetNamespace(namespace, c.labels())
			}
			at := fmt.Sprintf("seed %d, step %d, namespace %s %v, then %v", seed, step, namespace, before, after)
			said := x.ChangesOf(namespace, before, after)
			if !slices.IsSortedFunc(said, func(a, b Change) int { return a.Instance.Compare(b.Instance) }) {
				t.Fatalf("%s: not ordered: %+v", at, said)
			}

			selected := map[selection.Ref]map[selection.Ref]bool{}
			for p, s := range y.prometheuses {
				selected[p] = map[selection.Ref]bool{}
				for _, m := range y.monitors {
					selected[p][m.Ref] = y.selects(s, m)
				}
			}
			x.SetNamespace(namespace, after)
			y.namespaces[namespace] = after
			for p, s := range y.prometheuses {
				got := Change{Instance: p}
				if i := slices.IndexFunc(said, func(c Change) bool { return c.Instance == p }); i >= 0 {
					got = said[i]
				}
				wasSelected := func(m *Monitor) bool { return selected[p][m.Ref] }
				compareWith(t, at, y, p, wasSelected, func(m *Monitor) bool { return y.selects(s, m) }, got)
				compareNewClashes(t, at, x, y, p, wasSelected, got)
				lost, orphaned, emptied, clashes = lost+len(got.Lost), orphaned+len(got.Orphaned), emptied+len(got.Emptied), clashes+len(got.Clashes)
			}
		}
	}
	t.Logf("%d objects are lost, %d of them for good; %d kinds are emptied; %d clashes", lost, orphaned, emptied, clashes)
	if lost < 100 || orphaned < 30 || orphaned == lost || emptied < 10 || clashes < 10 {
		t.Error("too few")
	}
}

// choosy returns selectors that choose among namespaces.
func (c chance) choosy(t *testing.T) selection.Selectors {
	p := &monitoringv1.Prometheus{}
	p.Namespace = "m"
	all := &metav1.LabelSelector{}
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = all, c.selector()
	p.Spec.PodMonitorSelector, p.Spec.PodMonitorNamespaceSelector = all, c.selector()
	p.Spec.ProbeSelector, p.Spec.ProbeNamespaceSelector = all, c.selector()
	p.Spec.ScrapeConfigSelector, p.Spec.ScrapeConfigNamespaceSelector = all, c.selector()
	s, err := selection.Of(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compareChange(t *testing.T, at string, y *naive, p selection.Ref, before, after selection.Selectors, got Change) {
	t.Helper()
	compareWith(t, at, y, p, func(m *Monitor) bool { return y.selects(before, m) }, func(m *Monitor) bool { return y.selects(after, m) }, got)
}

// compareWith compares all but the clashes. y may have changed already or not: it says what others select.
func compareWith(t *testing.T, at string, y *naive, p selection.Ref, before, after func(*Monitor) bool, got Change) {
	t.Helper()
	want := Change{Instance: p}
	was, is := map[string]bool{}, map[string]bool{}
	for _, m := range y.monitors {
		selected, stays := before(m), after(m)
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
			want.Gained = append(want.Gained, m.Ref)
		}
	}
	if len(want.Lost) > 0 || len(want.Gained) > 0 {
		for kind := range was {
			if was[kind] && !is[kind] {
				want.Emptied = append(want.Emptied, kind)
			}
		}
	}
	slices.SortFunc(want.Lost, selection.Ref.Compare)
	slices.SortFunc(want.Orphaned, selection.Ref.Compare)
	slices.SortFunc(want.Gained, selection.Ref.Compare)
	slices.Sort(want.Emptied)
	got.Clashes = nil
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: the change (-want +got):\n%s", at, diff)
	}
}

// compareNewClashes compares the clashes with those of the newly selected monitors now that the change is made.
func compareNewClashes(t *testing.T, at string, x *Index, y *naive, p selection.Ref, wasSelected func(*Monitor) bool, got Change) {
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
		if wasSelected(m) || !y.selects(after, m) {
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
