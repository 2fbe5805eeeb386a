package cluster

import (
	"maps"
	"reflect"
	"slices"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// ChangeOf returns what another version of an instance does to the known objects. known is false if both select by the same
// selectors, and if one of them cannot be used: then nothing is known of what it selects.
func (m *Model) ChangeOf(stored, object selection.Object) (change jobs.Change, known bool) {
	before, after := m.Candidate(stored), m.Candidate(object)
	if before.Selectors == nil || after.Selectors == nil || reflect.DeepEqual(before.Selectors, after.Selectors) {
		return jobs.Change{}, false
	}
	change = m.index.ChangeOf(after.Ref, before.Selectors, after.Selectors, after.classes)
	change.Clashes = slices.DeleteFunc(change.Clashes, func(c jobs.Clash) bool { return after.OwnNamespaces && isElsewhere(c) })
	return change, true
}

// ChangesOf returns what other labels of a namespace do to the objects in it: a change for each instance that then selects
// otherwise.
func (m *Model) ChangesOf(namespace string, before, after map[string]string) []jobs.Change {
	if maps.Equal(before, after) {
		return nil
	}
	changes := m.index.ChangesOf(namespace, before, after)
	for i := range changes {
		changes[i].Clashes = slices.DeleteFunc(changes[i].Clashes, m.hidden)
	}
	return changes
}

// Candidate returns an instance as it would be in the model, within the scope of the operator, without adding it.
func (m *Model) Candidate(object selection.Object) *Instance {
	i := newInstance(RefOf(object), object, m.Known())
	m.changing.Lock()
	defer m.changing.Unlock()
	i.restrict(m.operator, m.unmanaged)
	return i
}
