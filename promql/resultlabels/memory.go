package resultlabels

// A memory gives room to what is known of the nodes of one expression: a dozen small lists for a usual one, and to
// allocate them one by one takes as long as all the rest. Nothing is used twice, so that a list may be
// kept. A nil memory allocates each list.
type memory struct {
	freeLabels room[label]
	freeSets   room[Set]
	freeTexts  room[string]
}

// labels returns an empty list with room for n labels.
func (m *memory) labels(n int) []label {
	if m == nil {
		return make([]label, 0, n)
	}
	return m.freeLabels.take(n, 32)
}

// sets returns a list.
func (m *memory) sets(all ...Set) []Set { return append(m.freeSets.take(len(all), 4), all...) }

// text returns a list of one text.
func (m *memory) text(one string) []string { return append(m.freeTexts.take(1, 8), one) }

// A room is cut into lists.
type room[T any] struct {
	left []T
	size int // of all the room, when it was made
}

// take returns an empty list with room for n entries. New room is twice as large as the one before, up to most.
func (r *room[T]) take(n, most int) []T {
	const least = 4
	if len(r.left) < n {
		r.size = max(n, min(2*r.size, most), least)
		r.left = make([]T, r.size)
	}
	taken := r.left[:0:n]
	r.left = r.left[n:]
	return taken
}
