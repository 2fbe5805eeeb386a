package watch

import (
	"sync"

	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A session is the time from an informer's start until its kind vanishes. What an
// informer still hands out after that is of objects that are gone.
type session struct {
	watch *Watch
	kind  *kind

	mu   sync.Mutex
	over bool
}

// end lets nothing through any more, and then does what has to come after all else.
func (s *session) end(then func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	then()
}

// OnAdd implements [cache.ResourceEventHandler].
func (s *session) OnAdd(object any, _ bool) { s.put(object) }

// OnUpdate implements [cache.ResourceEventHandler].
func (s *session) OnUpdate(before, now any) {
	if !sameSpec(before, now) {
		s.put(now)
	}
}

// OnDelete implements [cache.ResourceEventHandler].
func (s *session) OnDelete(object any) {
	if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = gone.Obj
	}
	o, ok := object.(client.Object)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.kind.delete(o)
	}
}

func (s *session) put(object any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	if err := s.kind.put(object); err != nil {
		s.watch.logger.Warn("an object cannot be used, so nothing counts as selected by it", "kind", s.kind.name, "error", err)
	}
}

// sameSpec spares the work on what only changed its status, as the operator does to its
// Prometheus objects all the time. Labels count for all, and a deletion that has begun.
func sameSpec(before, now any) bool {
	a, isObject := before.(client.Object)
	b, isObjectToo := now.(client.Object)
	if !isObject || !isObjectToo || b.GetGeneration() == 0 {
		return false
	}
	return a.GetUID() == b.GetUID() && a.GetGeneration() == b.GetGeneration() && sameLabels(a, b) &&
		(a.GetDeletionTimestamp() == nil) == (b.GetDeletionTimestamp() == nil)
}
