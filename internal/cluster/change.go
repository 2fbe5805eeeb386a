package cluster

import (
	"reflect"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// ChangeOf returns what another version of an instance does to the known objects. It is nil if both select by the same
// selectors, and if one of them cannot be used: then nothing is known of what it selects.
func (m *Model) ChangeOf(stored, object selection.Object) *jobs.Change {
	ref := RefOf(object)
	before, after := m.selectorsOf(ref, stored), m.selectorsOf(ref, object)
	if before == nil || after == nil || reflect.DeepEqual(before, after) {
		return nil
	}
	change := m.index.ChangeOf(ref, before, after)
	return &change
}

// selectorsOf returns the selectors of an instance within the scope of the operator.
func (m *Model) selectorsOf(ref selection.Ref, object selection.Object) selection.Selectors {
	i := newInstance(ref, object, m.assets)
	m.changing.Lock()
	defer m.changing.Unlock()
	i.restrict(m.operator, m.unmanaged)
	return i.Selectors
}
