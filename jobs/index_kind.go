package jobs

// DeleteKind removes all monitors of a kind.
func (x *Index) DeleteKind(kind string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range x.monitors.list {
		if e != nil && e.Kind == kind {
			x.remove(e.Ref, e.Replaces)
		}
	}
}
