package jobs

// DeleteKind takes all monitors of a kind out.
func (x *Index) DeleteKind(kind string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range x.monitors.list {
		if e != nil && e.Kind == kind {
			x.remove(e.Ref, e.Replaces)
		}
	}
}
