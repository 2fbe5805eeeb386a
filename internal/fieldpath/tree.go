package fieldpath

// A Tree holds values by path, and finds those around a path in as many steps as the path
// has: no path is compared with all others. The zero Tree is empty. It must not be written
// to by several goroutines at once.
type Tree[V any] struct {
	below map[Step]*Tree[V]
	value V
	has   bool
}

// Put stores a value at a path, and reports whether it did: not if the path has one already.
func (t *Tree[V]) Put(p Path, value V) bool {
	at := t
	for _, s := range p.Steps() {
		next := at.below[s]
		if next == nil {
			next = &Tree[V]{}
			if at.below == nil {
				at.below = map[Step]*Tree[V]{}
			}
			at.below[s] = next
		}
		at = next
	}
	if at.has {
		return false
	}
	at.value, at.has = value, true
	return true
}

// Around returns the value of the innermost stored path that p is within. Found is false if
// there is none.
func (t *Tree[V]) Around(p Path) (value V, found bool) {
	at := t
	for _, s := range p.Steps() {
		if at.has {
			value, found = at.value, true
		}
		if at = at.below[s]; at == nil {
			return value, found
		}
	}
	if at.has {
		return at.value, true
	}
	return value, found
}

// Inside reports whether some stored path is within p.
func (t *Tree[V]) Inside(p Path) bool {
	at := t
	for _, s := range p.Steps() {
		if at = at.below[s]; at == nil {
			return false
		}
	}
	return at.has || len(at.below) > 0
}
