package fieldpath

// A Set holds paths. To add a path or to ask for one takes a time that grows with its
// steps, however many paths there are. The zero Set is empty.
type Set struct{ root branch }

// A branch is what the set holds below some steps.
type branch struct {
	isMember bool
	below    map[Step]*branch
}

// Add adds a path.
func (s *Set) Add(p Path) {
	b := &s.root
	for _, step := range p.Steps() {
		next := b.below[step]
		if next == nil {
			next = &branch{}
			if b.below == nil {
				b.below = map[Step]*branch{}
			}
			b.below[step] = next
		}
		b = next
	}
	b.isMember = true
}

// Covers reports whether the path is in the set, or leads into one that is.
func (s *Set) Covers(p Path) bool {
	b := &s.root
	for _, step := range p.Steps() {
		if b.isMember {
			return true
		}
		if b = b.below[step]; b == nil {
			return false
		}
	}
	return b.isMember
}

// LeadsInto reports whether the set has the path, or one that leads into it.
func (s *Set) LeadsInto(p Path) bool {
	b := &s.root
	for _, step := range p.Steps() {
		if b = b.below[step]; b == nil {
			return false
		}
	}
	return b.isMember || len(b.below) > 0
}
