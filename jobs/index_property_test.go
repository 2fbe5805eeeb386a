package jobs

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameMonitor compares selectors by their text.
var sameMonitor = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b *Monitor) bool {
		if a == nil || b == nil {
			return a == b
		}
		return a.Ref == b.Ref && a.Created.Equal(b.Created) && a.Terminating == b.Terminating && a.Release == b.Release && a.Same(b)
	}),
}

// TestIndexLikeNaive: after any sequence of steps the index answers like one that looks at all
// objects.
func TestIndexLikeNaive(t *testing.T) {
	found, shared, answered := map[string]int{}, map[string]int{}, map[string]int{}
	for seed := range uint64(40) {
		c := chance{rand.New(rand.NewPCG(seed, 5))}
		x, y := NewIndex(), newNaive()
		for step := range 200 {
			c.step(t, x, y)
			at := fmt.Sprintf("seed %d, step %d", seed, step)
			if diff := cmp.Diff(y.Unselected(), x.Unselected(), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s: Unselected (-want +got):\n%s", at, diff)
			}
			asked := []*Monitor{c.monitor(t)}
			for _, m := range y.monitors { // a stored one, in any order
				asked = append(asked, m)
				break
			}
			for _, m := range asked {
				compareMonitor(t, at, x, y, m)
				for _, question := range compareServices(t, at, x, y, m) {
					answered[question]++
				}
				for _, clash := range x.Clashes(m) {
					found[clash.Target]++
					bothWays(t, at, x.Clashes, x, m, clash)
				}
				for _, clash := range x.Shared(m) {
					shared[string(clash.Scope)+" "+clash.Job]++
					bothWays(t, at, x.Shared, x, m, clash)
				}
			}
		}
	}
	t.Logf("%d targets, %d clashes, shared: %v, answered: %v", len(found), sum(found), shared, answered)
	if answered["elsewhere"] < 20 || answered["unlabeled"] < 50 || answered["ports of pods"] < 100 {
		t.Errorf("too few answers about Services: %v", answered)
	}
	if len(found) < 60 || sum(found) < 500 || len(shared) < 10 || sum(shared) < 2000 {
		t.Errorf("too few: %d targets, %d clashes, shared: %v", len(found), sum(found), shared)
	}
}

func sum(m map[string]int) int {
	n := 0
	for v := range maps.Values(m) {
		n += v
	}
	return n
}

func compareMonitor(t *testing.T, at string, x *Index, y *naive, m *Monitor) {
	if diff := cmp.Diff(y.monitors[m.Ref], x.Monitor(m.Ref), sameMonitor); diff != "" {
		t.Fatalf("%s: Monitor (-want +got):\n%s", at, diff)
	}
	if diff := cmp.Diff(y.Clashes(m), x.Clashes(m), sameMonitor); diff != "" {
		t.Fatalf("%s: Clashes of %+v (-want +got):\n%s", at, m, diff)
	}
	if diff := cmp.Diff(y.Unserved(m), x.Unserved(m)); diff != "" {
		t.Fatalf("%s: Unserved of %+v (-want +got):\n%s", at, m, diff)
	}
	for _, twins := range x.Twins(m) {
		y.areTwins(t, at, m, twins)
	}
	if got, want := len(x.Twins(m)), y.claimsWithTwins(m); got != want {
		t.Fatalf("%s: %d claims of %+v have twins, not %d", at, want, m, got)
	}
	if diff := cmp.Diff(y.Shared(m), x.Shared(m), sameMonitor); diff != "" {
		t.Fatalf("%s: Shared of %+v (-want +got):\n%s", at, m, diff)
	}
}

// bothWays: the rival has the same clash, and exactly one of the two wins.
func bothWays(t *testing.T, at string, ask func(*Monitor) []Clash, x *Index, m *Monitor, c Clash) {
	if stored := x.Monitor(m.Ref); stored == nil || !cmp.Equal(stored, m, sameMonitor) {
		return
	}
	for _, back := range ask(c.Rival) {
		if back.Prometheus != c.Prometheus || back.Rival.Ref != m.Ref || back.Scope != c.Scope || back.Job != c.Job || back.Anywhere != c.Anywhere {
			continue
		}
		same := back.Claim == c.RivalClaim && back.RivalClaim == c.Claim
		if c.Scope != ScopeEndpoint {
			same = c.Anywhere || back.Namespace == c.Namespace
		}
		if same {
			if back.Wins(c.Rival) == c.Wins(m) {
				t.Fatalf("%s: both or none win: %+v", at, c)
			}
			return
		}
	}
	t.Fatalf("%s: not the other way: %+v", at, c)
}

// TestIndexEmpties: when all objects are removed, the index is empty.
func TestIndexEmpties(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(7, 7))}
	x, y := NewIndex(), newNaive()
	for range 2000 {
		c.step(t, x, y)
	}
	for r := range y.monitors {
		x.DeleteMonitor(r)
	}
	for key := range y.services {
		x.DeleteService(key[0], key[1])
	}
	v, s := &x.monitors, &x.services
	if left := len(v.terms.alone) + len(v.terms.lists) + len(s.terms.alone) + len(s.terms.lists) + len(v.words) + len(v.labels) + len(x.unselected); left > 0 {
		t.Errorf("%d left: %v, %v, %v", left, v.terms, v.words, x.unselected)
	}
}

// TestIndexAtOnce is for the race detector.
func TestIndexAtOnce(t *testing.T) {
	x := NewIndex()
	var wg sync.WaitGroup
	for seed := range uint64(4) {
		wg.Go(func() {
			c := chance{rand.New(rand.NewPCG(seed, 9))}
			y := newNaive()
			for range 200 {
				c.step(t, x, y)
				m := c.monitor(t)
				x.Clashes(m)
				x.Shared(m)
				x.Unserved(m)
				x.Twins(m)
				x.Elsewhere(m)
				x.Unlabeled(m)
				x.PodPorts(m)
				x.Monitor(m.Ref)
				x.Unselected()
			}
		})
	}
	wg.Wait()
}
