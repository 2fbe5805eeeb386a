package jobs

// Excused says that the rival does not count: it is on its way out, or is part of what
// the monitor is part of. Who renames a monitor there creates the new one before the
// old one is deleted.
func (c Clash) Excused(m *Monitor) bool {
	return c.Rival.Terminating || m.SharedRelease(c.Rival) != ""
}

// Wins says that the monitor that was asked about comes before the rival. Of the two, one
// comes first, whoever asks.
func (c Clash) Wins(m *Monitor) bool {
	mine, theirs := m.Namespace == c.Namespace, c.Rival.Namespace == c.Namespace
	if !c.Anywhere && mine != theirs {
		return mine
	}
	return m.before(c.Rival)
}

// before orders monitors by age. One without a time is about to be created, and younger
// than any.
func (m *Monitor) before(other *Monitor) bool {
	if m.Created.IsZero() != other.Created.IsZero() {
		return other.Created.IsZero()
	}
	if d := m.Created.Compare(other.Created); d != 0 {
		return d < 0
	}
	return m.Compare(other.Ref) < 0
}
