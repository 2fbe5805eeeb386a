package watch

import (
	"sync"

	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
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
		s.watch.sink.Delete(selection.Ref{Kind: s.kind.name, Namespace: o.GetNamespace(), Name: o.GetName()})
	}
}

func (s *session) put(object any) {
	o, ok := object.(selection.Object)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	if err := s.watch.sink.Put(o); err != nil {
		s.watch.logger.Warn("an object cannot be used: it selects nothing", "kind", s.kind.name, "error", err)
	}
}

// sameSpec spares the work on what only changed its status, as the operator does to its
// Prometheus objects all the time. Labels count for all, whose it is, and a deletion that has begun.
func sameSpec(before, now any) bool {
	a, isObject := before.(client.Object)
	b, isObjectToo := now.(client.Object)
	if !isObject || !isObjectToo || b.GetGeneration() == 0 {
		return false
	}
	return a.GetUID() == b.GetUID() && a.GetGeneration() == b.GetGeneration() && sameLabels(a, b) &&
		(a.GetDeletionTimestamp() == nil) == (b.GetDeletionTimestamp() == nil)
}
