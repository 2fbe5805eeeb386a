package cluster

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// apart returns a monitor that clashes with no other one of its kind.
func apart(name string) *monitoringv1.ServiceMonitor {
	m := monitor(name)
	m.Spec.Endpoints[0].Path = "/" + name
	return m
}

func replacing(t *testing.T, names ...string) *Model {
	t.Helper()
	s := New(Options{})
	if err := s.Put(prometheus("main", "shop")); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		s.Put(apart(name))
	}
	return s
}

// over returns the clashes over a target.
func over(s *Model, m *monitoringv1.ServiceMonitor) []jobs.Clash {
	return slices.DeleteFunc(s.Clashes(jobs.MonitorOf(m)), func(c jobs.Clash) bool { return c.Scope != jobs.ScopeEndpoint })
}

// TestReserveUpdate: an update reserves its claims too, and the stored monitor keeps its own until
// the informer shows which of the two is stored.
func TestReserveUpdate(t *testing.T) {
	s := replacing(t, "a", "b")
	_, release := s.Reserve(jobs.MonitorOf(monitor("a")), jobs.ScopeEndpoint, nil)
	if release == nil {
		t.Fatal("an update reserves nothing")
	}
	if clashes := over(s, monitor("b")); len(clashes) != 1 || !clashes[0].Reserved() {
		t.Errorf("two updates pass at the same moment: %+v", clashes)
	}
	taken := apart("a")
	taken.Name = "c"
	if clashes := over(s, taken); len(clashes) != 1 || clashes[0].Reserved() {
		t.Errorf("the claims of the stored monitor are free: %+v", clashes)
	}
	if s.Holds(apart("a"), true) || !s.Holds(monitor("a"), true) || !s.Holds(apart("a"), false) {
		t.Error("the reserved claims should hold once they are stored")
	}
	s.Put(apart("a")) // something else has changed
	if clashes := over(s, monitor("b")); len(clashes) != 1 {
		t.Errorf("released too early: %+v", clashes)
	}
	s.Put(monitor("a"))
	if clashes := over(s, monitor("b")); len(clashes) != 1 || clashes[0].Reserved() {
		t.Errorf("the claims of the stored monitor are free: %+v", clashes)
	}
	s.Index().DeleteMonitor(selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "a"})
	if clashes := over(s, monitor("b")); len(clashes) != 0 {
		t.Errorf("a deleted monitor keeps its job: %+v", clashes)
	}
	release()

	s = replacing(t, "a", "b")
	_, release = s.Reserve(jobs.MonitorOf(monitor("a")), jobs.ScopeEndpoint, nil)
	release()
	if clashes := over(s, monitor("b")); len(clashes) != 0 {
		t.Errorf("released claims are still reserved: %+v", clashes)
	}
	if n := s.Index().Unselected(); len(n) != 0 {
		t.Errorf("counted: %v", n)
	}
	if _, release := s.Reserve(jobs.MonitorOf(apart("a")), jobs.ScopeEndpoint, nil); release != nil {
		t.Error("an update that claims nothing new reserves")
	}
}

// TestReserveAgain: a monitor that is created again before the informer shows its deletion reserves
// its claims as well.
func TestReserveAgain(t *testing.T) {
	s := replacing(t, "a")
	if _, release := s.Reserve(jobs.MonitorOf(monitor("a")), jobs.ScopeEndpoint, nil); release == nil {
		t.Fatal("nothing is reserved")
	}
	s.Index().DeleteMonitor(selection.Ref{Kind: "ServiceMonitor", Namespace: "shop", Name: "a"})
	if clashes := over(s, monitor("b")); len(clashes) != 1 {
		t.Errorf("%+v", clashes)
	}
}

// TestReserveBeside: a settled rival, which is deleted by now, does not prevent a reservation; any
// other rival does.
func TestReserveBeside(t *testing.T) {
	s := replacing(t)
	s.Put(monitor("a"))
	clashes, release := s.Reserve(jobs.MonitorOf(monitor("b")), jobs.ScopeEndpoint, nil)
	if len(clashes) != 1 || release != nil {
		t.Fatalf("%+v", clashes)
	}
	settled := []selection.Ref{clashes[0].Rival.Ref}
	if _, release = s.Reserve(jobs.MonitorOf(monitor("b")), jobs.ScopeEndpoint, settled); release == nil {
		t.Error("nothing is reserved")
	}
	if clashes, release = s.Reserve(jobs.MonitorOf(monitor("c")), jobs.ScopeEndpoint, settled); release != nil || len(clashes) < 2 {
		t.Errorf("two monitors passed: %+v", clashes)
	}
}

// TestUpdateAtOnce: of many updates that arrive at the same moment one passes.
func TestUpdateAtOnce(t *testing.T) {
	const n = 50
	s := replacing(t)
	for i := range n {
		s.Put(apart(strconv.Itoa(i)))
	}
	var passed atomic.Int32
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if _, release := s.Reserve(jobs.MonitorOf(monitor(strconv.Itoa(i))), jobs.ScopeEndpoint, nil); release != nil {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if passed.Load() != 1 {
		t.Errorf("%d updates passed", passed.Load())
	}
}
