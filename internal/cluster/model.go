// Package cluster is the one model of a cluster, in memory. Objects go in and out, from
// informers or from files alike ([Model.Put], [Model.Delete], [Model.Forget]); what the
// doors ask are views of it: who selects an object, what an object misses to be selected,
// which jobs clash, which Secrets and ConfigMaps may be read. It reads nothing by itself:
// package watch keeps it in step with a cluster, and commands fill it from files.
package cluster

import (
	"reflect"
	"slices"
	"sync"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// Options of a [Model]. The zero value is a model that keeps of each object only what is
// needed to answer, and in which every instance selects.
type Options struct {
	// KeepObjects makes the model hold objects whole, for [Model.Object] and [Model.Refs],
	// and Secrets and ConfigMaps, for [Model.Assets]. Without it monitors, rules and Services
	// are held in the index alone.
	KeepObjects bool

	// Operator is the scope of the operator: instances that it does not manage select
	// nothing, and no instance selects from namespaces that it does not watch. Nil is an
	// operator without limits.
	Operator *selection.Operator

	// Unmanaged makes instances select even if the operator does not manage them. The loop
	// asks its target which instances it writes for, and that may be those.
	Unmanaged bool
}

// A Model may be used by several goroutines. Objects must not be changed once they are in.
//
// Locks are taken in this order: reserving, changing, mu. The index has a lock of its own,
// which is taken last, and never held while one of the others is waited for.
type Model struct {
	keepObjects bool
	unmanaged   bool

	// index holds monitors, rules and Services, and the selectors and namespaces that
	// decide about them. It is safe for concurrent use.
	index *jobs.Index

	// reserving is held from the search for clashes until the reservation, so that of two
	// monitors that clash with each other only one gets it. It guards reservations, the
	// number of the last one.
	reserving    sync.Mutex
	reservations uint64

	// changing is held while an instance or the operator changes, so that the index and the
	// instances never disagree for longer than one change takes. It guards operator.
	changing sync.Mutex
	operator *selection.Operator

	// mu guards the fields below. The slice of instances is replaced, never changed: a
	// [View] goes on using the one that it began with.
	mu         sync.RWMutex
	instances  []*Instance // in the order of their Refs
	namespaces map[string]map[string]string
	objects    map[string]map[selection.Ref]selection.Object // by kind
}

// New returns an empty model.
func New(o Options) *Model {
	return &Model{
		keepObjects: o.KeepObjects,
		unmanaged:   o.Unmanaged,
		operator:    o.Operator,
		index:       jobs.NewIndex(),
		namespaces:  map[string]map[string]string{},
		objects:     map[string]map[selection.Ref]selection.Object{},
	}
}

// Index returns the index of monitors, rules and Services.
func (m *Model) Index() *jobs.Index { return m.index }

// SetOperator replaces the scope of the operator. Nil is an operator without limits.
func (m *Model) SetOperator(o *selection.Operator) {
	m.changing.Lock()
	defer m.changing.Unlock()
	if reflect.DeepEqual(m.operator, o) {
		return
	}
	m.operator = o
	for _, i := range m.Instances() {
		m.place(newInstance(i.Ref, i.Object))
	}
}

// Instances returns every Prometheus, PrometheusAgent and ThanosRuler, in the order of their
// names, also those that select nothing.
func (m *Model) Instances() []*Instance {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.instances
}

// Instance returns one of them, or nil.
func (m *Model) Instance(ref selection.Ref) *Instance {
	all := m.Instances()
	if at, found := findInstance(all, ref); found {
		return all[at]
	}
	return nil
}

func findInstance(all []*Instance, ref selection.Ref) (at int, found bool) {
	return slices.BinarySearchFunc(all, ref, func(i *Instance, ref selection.Ref) int { return i.Ref.Compare(ref) })
}

// place puts an instance in, or replaces the one of its Ref. The caller holds changing.
func (m *Model) place(i *Instance) {
	i.restrict(m.operator, m.unmanaged)
	m.index.SetPrometheus(i.Ref, i.Selectors, i.classes)
	m.mu.Lock()
	defer m.mu.Unlock()
	at, found := findInstance(m.instances, i.Ref)
	all := slices.Clone(m.instances)
	if found {
		all[at] = i
	} else {
		all = slices.Insert(all, at, i)
	}
	m.instances = all
}

func (m *Model) displace(ref selection.Ref) {
	m.changing.Lock()
	defer m.changing.Unlock()
	m.index.DeletePrometheus(ref)
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, found := findInstance(m.instances, ref); found {
		m.instances = slices.Delete(slices.Clone(m.instances), at, at+1)
	}
}

// NamespaceLabels returns the labels of a namespace. Those of a namespace that is not known
// are the ones that the API server gives to every namespace: the namespace may have been
// created a moment ago, or be missing among files.
func (m *Model) NamespaceLabels(name string) map[string]string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return selection.NamespaceLabels(name, m.namespaces[name])
}
