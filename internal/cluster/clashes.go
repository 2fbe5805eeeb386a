package cluster

import (
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
			continue
		}
		known[at] = true
		clashes = append(clashes, c)
	}
	return clashes
}

// hidden reports whether the Prometheus lets monitors see their own namespace only, and one
// of the two does not see the target for that reason, or may not.
func (m *Model) hidden(c jobs.Clash) bool {
	elsewhere := c.Rival.Namespace != c.Mine.Namespace || c.Namespace != c.Mine.Namespace || c.Scope == jobs.ScopePrometheus
	return elsewhere && slices.ContainsFunc(m.Instances(), func(i *Instance) bool { return i.OwnNamespaces && i.Name() == c.Prometheus })
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
	known, next := m.index.Monitor(monitor.Ref), m.index.Replacement(monitor.Ref)
	if known != nil && next == nil && known.Same(monitor) {
		return clashes, nil // what is stored has all that the monitor claims
	}
	m.reservations++
	reserved := *monitor
	reserved.Reserved, reserved.Replaces = m.reservations, known != nil
	m.index.SetMonitor(&reserved)
	return clashes, func() { m.release(reserved.Ref, reserved.Reserved) }
}

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
