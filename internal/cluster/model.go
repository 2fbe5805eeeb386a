// Package cluster is the one model of a cluster, in memory. Objects go in and out, from informers
// or from files alike ([Model.Put], [Model.Delete], [Model.Forget]). Callers ask views of it: which
// instances select an object, which labels an object is missing, which jobs clash, which Secrets
// and ConfigMaps may be read. The package reads nothing by itself: package watch keeps the model in
// step with a cluster, and commands fill it from files.
package cluster

import (
	"reflect"
	"slices"
	"sync"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Options of a [Model]. With the zero value the model keeps only what is needed to answer, and
// every instance selects.
type Options struct {
	// KeepObjects makes the model keep objects whole, for [Model.Object] and [Model.Refs], and
	// Secrets and ConfigMaps, for [Model.Assets]. Without it monitors, rules and Services are kept
	// in the index alone.
	KeepObjects bool

	// Operator is the scope of the operator: instances that it does not manage select nothing, and
	// no instance selects from namespaces that it does not watch. Nil is an operator without
	// limits.
	Operator *selection.Operator

	// Readers are the engines that read objects without an instance.
	Readers []*selection.Reader

	// Partial means that the cluster has more monitors than are put in, as where only some files are
	// known: nothing is concluded from the monitors that are not there.
	Partial bool

	// Assets are the Secrets and ConfigMaps that an Alertmanager and its AlertmanagerConfigs refer to. If it is nil, they are
	// those of [Model.Known].
	Assets promconfig.Assets

	// Unmanaged makes instances select even if the operator does not manage them. The loop needs
	// it: its target decides for which instances it writes, and they may be unmanaged.
	Unmanaged bool
}

// A Model may be used by several goroutines. Objects must not be changed once they are in the
// model.
//
// Locks are taken in this order: reserving, changing, mu. The two indexes have locks of their own, which are
// taken last, and are never held while waiting for one of the others.
type Model struct {
	keepObjects bool
	unmanaged   bool
	partial     bool
	assets      promconfig.Assets // for Alertmanagers

	// revision counts the changes of everything below.
	revision revision

	// index holds monitors, rules and Services, and the selectors and namespaces that decide about
	// them. It is safe for concurrent use.
	index *jobs.Index

	// records holds what rules record and use. It is safe for concurrent use.
	records *records.Index

	// reserving is held from the search for clashes until the reservation, so that of two monitors
	// that clash with each other only one gets it. It guards reservations, the number of the last
	// reservation.
	reserving    sync.Mutex
	reservations uint64

	// changing is held while an instance or the operator changes, so that the index and the
	// instances never disagree for longer than one change takes. It guards operator.
	changing sync.Mutex
	operator *selection.Operator

	// mu guards the fields below. The slices of instances and readers are replaced, never changed: a
	// [View] keeps those that it started with.
	mu         sync.RWMutex
	instances  []*Instance // ordered by Ref
	readers    []*selection.Reader
	namespaces map[string]map[string]string
	objects    map[string]map[selection.Ref]selection.Object // by kind
}

// New returns an empty model.
func New(o Options) *Model {
	m := &Model{
		keepObjects: o.KeepObjects,
		unmanaged:   o.Unmanaged,
		partial:     o.Partial,
		operator:    o.Operator,
		readers:     o.Readers,
		index:       jobs.NewIndex(),
		records:     records.NewIndex(validation.Permissive().PromQL),
		namespaces:  map[string]map[string]string{},
		objects:     map[string]map[selection.Ref]selection.Object{},
	}
	m.assets = o.Assets
	if m.assets == nil {
		m.assets = m.Known()
	}
	m.index.SetReaders(o.Readers)
	return m
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
	defer m.revision.change()()
	m.operator = o
	for _, i := range m.Instances() {
		m.place(newInstance(i.Ref, i.Object, m.assets))
	}
}

// Instances returns every Prometheus, PrometheusAgent, ThanosRuler and Alertmanager, ordered by name, including
// those that select nothing.
func (m *Model) Instances() []*Instance {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.instances
}

// Instance returns the named instance, or nil.
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

// place adds an instance, or replaces the instance with the same Ref. The caller holds changing.
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

// NamespaceLabels returns the labels of a namespace. For an unknown namespace it returns the labels
// that the API server gives to every namespace: the namespace may have been created a moment ago,
// or be missing among files.
func (m *Model) NamespaceLabels(name string) map[string]string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return selection.NamespaceLabels(name, m.namespaces[name])
}
