package cluster

import (
<<<<<<< HEAD
	"slices"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// Clashes returns the clashes that a monitor, as it would be stored, has with the monitors
// that are known: first those over one target, then those over a job. A pair that clashes
// over a target with a job shares the job too, which is not said again.
func (m *Model) Clashes(monitor *jobs.Monitor) []jobs.Clash {
	if monitor == nil {
		return nil
	}
	type pair struct {
		prometheus, job, namespace string
		rival                      selection.Ref
	}
	known := map[pair]bool{}
	var clashes []jobs.Clash
	for _, c := range append(m.index.Clashes(monitor), m.index.Shared(monitor)...) {
		at := pair{c.Prometheus, c.Job, c.Namespace, c.Rival.Ref}
		if c.Scope != jobs.ScopeEndpoint && known[at] || m.hidden(c) {
=======
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

// PutMonitor adds a *monitoringv1.ServiceMonitor and so on.
func (s *State) PutMonitor(object any) {
	if m := jobs.MonitorOf(object); m != nil {
		s.index.SetMonitor(m)
	}
}

// Clashes are those of an object, as it would be stored, with the monitors that are
// known: first those over one target, then those over a job. What lies beyond the scope is
// lax. Object is a *monitoringv1.ServiceMonitor and so on.
func (s *State) Clashes(object any, scope jobs.Scope) []validation.Clash {
	if m := jobs.MonitorOf(object); m != nil {
		return s.clashes(m, scope)
	}
	return nil
}

func (s *State) clashes(m *jobs.Monitor, scope jobs.Scope) []validation.Clash {
	// Who clashes over a target with a job shares the job, too: that is said once.
	type said struct{ prometheus, job, namespace, rival string }
	known := map[said]bool{}
	var all []validation.Clash
	for _, c := range append(s.index.Clashes(m), s.index.Shared(m)...) {
		at := said{c.Prometheus, c.Job, c.Namespace, c.Rival.Kind + "/" + c.Rival.Namespace + "/" + c.Rival.Name}
		if c.Scope != jobs.ScopeEndpoint && known[at] || s.hidden(c, m) {
>>>>>>> e9ad95fdbf6f1ab710d770cb283780044c0ab165
			continue
		}
		known[at] = true
		clashes = append(clashes, c)
	}
	return clashes
}

<<<<<<< HEAD
// hidden reports whether the Prometheus lets monitors see their own namespace only, and one
// of the two does not see the target for that reason, or may not.
func (m *Model) hidden(c jobs.Clash) bool {
	elsewhere := c.Rival.Namespace != c.Mine.Namespace || c.Namespace != c.Mine.Namespace || c.Scope == jobs.ScopePrometheus
	return elsewhere && slices.ContainsFunc(m.Instances(), func(i *Instance) bool { return i.OwnNamespaces && i.Name() == c.Prometheus })
=======
// hidden says that the Prometheus lets monitors see their own namespace only, and that
// one of the two does not see the target then, or may not.
func (s *State) hidden(c jobs.Clash, m *jobs.Monitor) bool {
	elsewhere := c.Rival.Namespace != m.Namespace || c.Namespace != m.Namespace || c.Scope == jobs.ScopePrometheus
	return elsewhere && s.ownNamespaces(c.Prometheus)
>>>>>>> e9ad95fdbf6f1ab710d770cb283780044c0ab165
}

// Reserve returns Clashes for a monitor that is about to be stored. If none of them refuses
// the monitor under a scope, it takes the monitor's claims in the same step, so that of two
// monitors that come at the same moment not both pass: the informers show what was let in
// only some moments later. Rivals that are settled refuse nothing.
//
// Release gives the claims back, unless an informer has shown the monitor by then. It has to
// be called some time after the object was let in, and at once if it was not. It is nil if
// nothing was reserved.
func (m *Model) Reserve(monitor *jobs.Monitor, scope jobs.Scope, settled []selection.Ref) (clashes []jobs.Clash, release func()) {
	if monitor == nil {
		return nil, nil
	}
	m.reserving.Lock()
	defer m.reserving.Unlock()
	clashes = m.Clashes(monitor)
	for _, c := range clashes {
		if c.Refuses(scope) && !slices.Contains(settled, c.Rival.Ref) {
			return clashes, nil
		}
	}
<<<<<<< HEAD
	known, next := m.index.Monitor(monitor.Ref), m.index.Replacement(monitor.Ref)
	if known != nil && next == nil && known.Same(monitor) {
		return clashes, nil // what is stored has all that the monitor claims
=======
	return false
}

// passes says why an object is let in in spite of a clash.
func passes(c jobs.Clash, m *jobs.Monitor) string {
	switch {
	case c.Rival.Terminating:
		return "that one is being deleted"
	case c.Excused(m):
		return "both are of " + m.SharedRelease(c.Rival)
	case c.Rival.Reserved == 0 && c.Wins(m):
		return "this one comes first"
>>>>>>> e9ad95fdbf6f1ab710d770cb283780044c0ab165
	}
	m.reservations++
	reserved := *monitor
	reserved.Reserved, reserved.Replaces = m.reservations, known != nil
	m.index.SetMonitor(&reserved)
	return clashes, func() { m.release(reserved.Ref, reserved.Reserved) }
}

<<<<<<< HEAD
func (m *Model) release(ref selection.Ref, reservation uint64) {
	m.reserving.Lock()
	defer m.reserving.Unlock()
	if now := m.index.Monitor(ref); now != nil && now.Reserved == reservation {
		m.index.DeleteMonitor(ref)
	}
	if next := m.index.Replacement(ref); next != nil && next.Reserved == reservation {
		m.index.DeleteReplacement(ref)
	}
}

// Holds reports whether a monitor that is known still is as it is known: the live object
// exists, is not being deleted, and claims the same. Reserved asks whether it is by now what
// it was let in as.
func (m *Model) Holds(live selection.Object, reserved bool) bool {
=======
// Holds says whether a monitor that is known still is as it was known: the live object
// exists, is not being deleted, and claims the same. Reserved asks whether it is by now
// what it was let in as.
func (s *State) Holds(live any, reserved bool) bool {
>>>>>>> e9ad95fdbf6f1ab710d770cb283780044c0ab165
	now := jobs.MonitorOf(live)
	if now == nil || now.Terminating {
		return false
	}
	known := m.index.Monitor(now.Ref)
	if next := m.index.Replacement(now.Ref); reserved && next != nil {
		known = next
	}
	return known != nil && known.Same(now)
}
