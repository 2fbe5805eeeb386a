package cluster

// Forget takes all objects of a kind out: those who select, or monitors.
func (s *State) Forget(kind string) {
	s.index.DeleteKind(kind)
	for _, name := range s.membersOf(kind) {
		s.DeleteMember(name)
	}
}

func (s *State) membersOf(kind string) []Name {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var names []Name
	for name := range s.members {
		if name.Kind == kind {
			names = append(names, name)
		}
	}
	return names
}
