package cluster

import (
	"reflect"
	"sync/atomic"
)

// revision counts the changes of a model.
type revision struct {
	begun, done atomic.Uint64
}

// change begins a change. The caller calls end when all of it can be seen.
func (r *revision) change() (end func()) {
	r.begun.Add(1)
	return func() { r.done.Add(1) }
}

// Revision returns the number of changes that the model has seen, and whether none is going on. Two answers to
// one question are equal if both revisions were settled, and equal: the one before the first answer, and the one
// before the second.
func (m *Model) Revision() (number uint64, settled bool) {
	done := m.revision.done.Load()
	return done, m.revision.begun.Load() == done
}

// knows reports whether the model has a digest already, as after a change of an object's status. What the informer keeps shares the
// parts of what the model has.
func (m *Model) knows(d *Digest) bool {
	if d.Service != nil {
		known := m.index.Service(d.Service.Namespace, d.Service.Name)
		if known == nil || !reflect.DeepEqual(known, d.Service) {
			return false
		}
		d.Service = known
		return true
	}
	known := m.index.Monitor(d.Monitor.Ref)
	if known == nil || !reflect.DeepEqual(known, d.Monitor) {
		return false
	}
	if d.Rules != nil {
		rules := m.records.Object(d.Rules.Ref)
		if rules == nil || !reflect.DeepEqual(rules, d.Rules) {
			return false
		}
		d.Rules = rules
	}
	d.Monitor = known
	return true
}
