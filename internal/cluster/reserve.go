package cluster

import (
	"slices"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Reserve is Clashes for a monitor that is about to be stored. Where nothing stands in the
// way, its claims are taken in the same step, so that two that come at the same moment do
// not both pass: the informers show what was let in only some moments later. Rivals that
// are settled do not stand in the way.
//
// Release gives the claims back, if the informer has not shown the monitor by then. It
// has to be called some time after the object was let in, and at once if it was not. It
// is nil if nothing was reserved.
func (s *State) Reserve(object any, scope jobs.Scope, settled []validation.Rival) (clashes []validation.Clash, release func()) {
	m := jobs.MonitorOf(object)
	if m == nil {
		return nil, nil
	}
	s.reserving.Lock()
	defer s.reserving.Unlock()
	clashes = s.clashes(m, scope)
	for _, c := range clashes {
		if c.Refuses() && !slices.Contains(settled, c.Rival) {
			return clashes, nil
		}
	}
	known, next := s.index.Monitor(m.Ref), s.index.Replacement(m.Ref)
	if known != nil && next == nil && known.Same(m) {
		return clashes, nil // it has all that it claims
	}
	s.reservations++
	m.Reserved, m.Replaces = s.reservations, known != nil
	s.index.SetMonitor(m)
	return clashes, func() { s.release(m.Ref, m.Reserved) }
}

func (s *State) release(ref selection.Ref, reservation uint64) {
	s.reserving.Lock()
	defer s.reserving.Unlock()
	if now := s.index.Monitor(ref); now != nil && now.Reserved == reservation {
		s.index.DeleteMonitor(ref)
	}
	if next := s.index.Replacement(ref); next != nil && next.Reserved == reservation {
		s.index.DeleteReplacement(ref)
	}
}
