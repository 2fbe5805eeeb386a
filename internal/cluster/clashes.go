package cluster

import (
	"slices"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// Clashes returns the clashes of a monitor, as it would be stored, with the known monitors: first
// the clashes over one target, then those over a job. A pair of monitors that clashes over a target
// of a job is not listed again for the job.
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

// hidden reports whether the Prometheus restricts monitors to their own namespace, and one of the
// two monitors therefore does not see the target, or may not see it.
func (m *Model) hidden(c jobs.Clash) bool {
	elsewhere := c.Rival.Namespace != c.Mine.Namespace || c.Namespace != c.Mine.Namespace || c.Scope == jobs.ScopePrometheus
	return elsewhere && slices.ContainsFunc(m.Instances(), func(i *Instance) bool { return i.OwnNamespaces && i.Name() == c.Prometheus })
}

// Reserve returns Clashes for a monitor that is about to be stored. If none of them refuses the
// monitor under a scope, Reserve records the monitor's claims in the same step: of two clashing
// monitors that arrive at the same moment only one passes, although the informers show an admitted
// monitor only some moments later. Rivals in settled refuse nothing.
//
// Release gives the claims back unless an informer has shown the monitor by then. The caller calls
// it some time after the object was admitted, and immediately if the object was not admitted.
// Release is nil if nothing was reserved.
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
		return clashes, nil // the stored monitor already has all its claims
	}
	defer m.revision.change()()
	m.reservations++
	reserved := *monitor
	reserved.Reserved, reserved.Replaces = m.reservations, known != nil
	m.index.SetMonitor(&reserved)
	return clashes, func() { m.release(reserved.Ref, reserved.Reserved) }
}

func (m *Model) release(ref selection.Ref, reservation uint64) {
	m.reserving.Lock()
	defer m.reserving.Unlock()
	defer m.revision.change()()
	if now := m.index.Monitor(ref); now != nil && now.Reserved == reservation {
		m.index.DeleteMonitor(ref)
	}
	if next := m.index.Replacement(ref); next != nil && next.Reserved == reservation {
		m.index.DeleteReplacement(ref)
	}
}

// Holds reports whether the live object of a known monitor exists, is not being deleted, and makes
// the claims that the model holds. Reserved makes Holds compare with the reserved claims instead.
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
