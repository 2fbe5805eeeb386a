package jobs

// Excused reports whether the rival does not count: it is being deleted, or is part of the same
// release as the monitor. Tools that rename a monitor create the new one before they delete the
// old one.
func (c Clash) Excused(m *Monitor) bool {
	return c.Rival.Terminating || m.SharedRelease(c.Rival) != ""
}

// Wins reports whether the monitor that was asked about comes before the rival. The order of two
// monitors does not depend on which of them is asked about.
func (c Clash) Wins(m *Monitor) bool {
	mine, theirs := m.Namespace == c.Namespace, c.Rival.Namespace == c.Namespace
	if !c.Anywhere && mine != theirs {
		return mine
	}
	return m.before(c.Rival)
}

// before orders monitors by age, and by name if they have the same age. A monitor without a time
// is about to be created, and is the youngest.
func (m *Monitor) before(other *Monitor) bool {
	if m.Created.IsZero() != other.Created.IsZero() {
		return other.Created.IsZero()
	}
	if d := m.Created.Compare(other.Created); d != 0 {
		return d < 0
	}
	return m.Compare(other.Ref) < 0
}
