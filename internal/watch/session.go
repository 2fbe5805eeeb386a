package watch

import (
	"sync"

	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

// A session lasts from an informer's start until its kind vanishes. An informer may hand out
// objects of the kind after that; they are dropped.
type session struct {
	watch *Watch
	kind  *kind

	mu   sync.Mutex // held while the state changes, so that nothing changes after end
	over bool
}

// end drops everything that the informer hands out from now on, and then calls then.
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

// sameSpec reports whether an update changed nothing that promgate reads. The operator
// updates the status of its Prometheus objects all the time. Labels count for every kind, and
// so do the controller id and the begin of a deletion.
func sameSpec(before, now any) bool {
	a, isObject := before.(client.Object)
	b, isObjectToo := now.(client.Object)
	if !isObject || !isObjectToo || b.GetGeneration() == 0 {
		return false
	}
	return a.GetUID() == b.GetUID() && a.GetGeneration() == b.GetGeneration() && sameLabels(a, b) &&
		(a.GetDeletionTimestamp() == nil) == (b.GetDeletionTimestamp() == nil)
}
