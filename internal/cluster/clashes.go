package cluster

import (
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// PutMonitor adds a *monitoringv1.ServiceMonitor and so on.
func (s *State) PutMonitor(object any) {
	if m := selection.MonitorOf(object); m != nil {
		s.index.SetMonitor(m)
	}
}

// Clashes are those of an object, as it would be stored, with the monitors that are
// known: first those over one target, then those over a job. What lies beyond the scope is
// lax. Object is a *monitoringv1.ServiceMonitor and so on.
func (s *State) Clashes(object any, scope selection.Scope) []validation.Clash {
	if m := selection.MonitorOf(object); m != nil {
		return s.clashes(m, scope)
	}
	return nil
}

func (s *State) clashes(m *selection.Monitor, scope selection.Scope) []validation.Clash {
	// Who clashes over a target with a job shares the job, too: that is said once.
	type said struct{ prometheus, job, namespace, rival string }
	known := map[said]bool{}
	var all []validation.Clash
	for _, c := range append(s.index.Clashes(m), s.index.Shared(m)...) {
		at := said{c.Prometheus, c.Job, c.Namespace, c.Rival.Kind + "/" + c.Rival.Namespace + "/" + c.Rival.Name}
		if c.Scope != selection.ScopeEndpoint && known[at] || s.hidden(c, m) {
			continue
		}
		known[at] = true
		all = append(all, validation.Clash{
			Scope: string(c.Scope), Lax: !scope.Includes(c.Scope),
			Endpoint: m.Claims[c.Claim].Endpoint, Prometheus: c.Prometheus, Job: c.JobWords(), Namespace: c.Namespace, Target: c.Target,
			Rival:   validation.Rival{Kind: c.Rival.Kind, Namespace: c.Rival.Namespace, Name: c.Rival.Name},
			Release: ownInstance(m, c.Rival),
			Passes:  passes(c, m), Reserved: c.Rival.Reserved != 0,
		})
	}
	return all
}

// ownInstance is the release of a monitor whose rival belongs to another one.
func ownInstance(m, rival *selection.Monitor) string {
	if rival.Instance == "" || rival.Instance == m.Instance {
		return ""
	}
	return m.Instance
}

// hidden says that the Prometheus lets monitors see their own namespace only, and that
// one of the two does not see the target then, or may not.
func (s *State) hidden(c selection.Clash, m *selection.Monitor) bool {
	elsewhere := c.Rival.Namespace != m.Namespace || c.Namespace != m.Namespace || c.Scope == selection.ScopePrometheus
	return elsewhere && s.ownNamespaces(c.Prometheus)
}

// ownNamespaces says that one of this name lets monitors see their own namespace only.
func (s *State) ownNamespaces(name string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for n, m := range s.members {
		if n.String() == name && m.ownNamespaces {
			return true
		}
	}
	return false
}

// passes says why an object is let in in spite of a clash.
func passes(c selection.Clash, m *selection.Monitor) string {
	switch {
	case c.Rival.Terminating:
		return "that one is being deleted"
	case c.Excused(m):
		return "both are of " + m.SharedRelease(c.Rival)
	case c.Rival.Reserved == 0 && c.Wins(m):
		return "this one comes first"
	}
	return ""
}

// Holds says whether a monitor that is known still is as it was known: the live object
// exists, is not being deleted, and claims the same. Reserved asks whether it is by now
// what it was let in as.
func (s *State) Holds(live any, reserved bool) bool {
	now := selection.MonitorOf(live)
	if now == nil || now.Terminating {
		return false
	}
	known := s.index.Monitor(now.Ref)
	if next := s.index.Replacement(now.Ref); reserved && next != nil {
		known = next
	}
	return known != nil && known.Same(now)
}
