package cluster

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// Put adds an object, or replaces the object of the same kind, namespace and name. Besides whole
// objects it accepts a [Digest] of a monitor, a rule or a Service, and the metadata alone
// ([metav1.PartialObjectMetadata]) of a namespace. Objects of other kinds are ignored.
//
// An error means that the operator cannot use an instance either: the model contains it, and it
// selects nothing.
func (m *Model) Put(object selection.Object) error {
	ref := RefOf(object)
	kind, known := selection.KindNamed(ref.Kind)
	if !known {
		return nil
	}
	if d, ok := object.(*Digest); ok && m.knows(d) {
		return nil
	}
	defer m.revision.change()()
	m.keep(ref, object)
	switch {
	case kind.Instance:
		return m.putInstance(ref, object)
	case ref.Kind == selection.NamespaceKind:
		m.putNamespace(ref.Name, object.GetLabels())
	case ref.Kind == selection.ServiceKind:
		if service := serviceOf(object); service != nil {
			m.index.SetService(service)
		}
	case kind.Selectable:
		m.putRecords(object)
		m.putMonitor(ref, object)
	}
	return nil
}

// keep stores the whole object, if objects are kept.
func (m *Model) keep(ref selection.Ref, object selection.Object) {
	if !m.keepObjects {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.objects[ref.Kind] == nil {
		m.objects[ref.Kind] = map[selection.Ref]selection.Object{}
	}
	m.objects[ref.Kind][ref] = object
}

func (m *Model) putInstance(ref selection.Ref, object selection.Object) error {
	i := newInstance(ref, object, m.assets)
	m.changing.Lock()
	defer m.changing.Unlock()
	m.place(i)
	if i.Err != nil {
		return fmt.Errorf("reading %s: %w", ref, i.Err)
	}
	return nil
}

func (m *Model) putNamespace(name string, labels map[string]string) {
	m.index.SetNamespace(name, labels)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.namespaces[name] = labels
}

// putMonitor puts a monitor or a rule into the index. A rule claims no job.
func (m *Model) putMonitor(ref selection.Ref, object selection.Object) {
	if digest, ok := object.(*Digest); ok {
		m.index.SetMonitor(digest.Monitor)
		// The index keeps a copy whose strings are shared with other monitors. One copy is enough.
		if shared := m.index.Monitor(ref); shared != nil {
			digest.Monitor = shared
		}
		return
	}
	monitor := jobs.MonitorOf(object)
	if monitor == nil {
		monitor = &jobs.Monitor{Ref: ref, Labels: object.GetLabels()}
	}
	m.index.SetMonitor(monitor)
}

// Delete removes an object.
func (m *Model) Delete(ref selection.Ref) {
	defer m.revision.change()()
	m.drop(ref)
	kind, _ := selection.KindNamed(ref.Kind)
	switch {
	case kind.Instance:
		m.displace(ref)
	case ref.Kind == selection.NamespaceKind:
		m.deleteNamespace(ref.Name)
	case ref.Kind == selection.ServiceKind:
		m.index.DeleteService(ref.Namespace, ref.Name)
	case kind.Selectable:
		m.records.Delete(ref)
		m.index.DeleteMonitor(ref)
	}
}

func (m *Model) drop(ref selection.Ref) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects[ref.Kind], ref)
}

func (m *Model) deleteNamespace(name string) {
	m.index.DeleteNamespace(name)
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.namespaces, name)
}

// Forget removes all objects of a kind, because the cluster no longer has the kind.
func (m *Model) Forget(kind string) {
	defer m.revision.change()()
	m.index.DeleteKind(kind)
	if kind == monitoringv1.PrometheusRuleKind {
		m.records.DeleteAll()
	}
	for _, i := range m.Instances() {
		if i.Ref.Kind == kind {
			m.displace(i.Ref)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, kind)
}

// Object returns an object that the model keeps whole, or nil. Instances are always kept whole.
func (m *Model) Object(ref selection.Ref) selection.Object {
	if i := m.Instance(ref); i != nil {
		return i.Object
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.objects[ref.Kind][ref]
}

// Refs returns the names of all objects of a kind that the model keeps whole, in no particular
// order.
func (m *Model) Refs(kind string) []selection.Ref {
	m.mu.RLock()
	defer m.mu.RUnlock()
	refs := make([]selection.Ref, 0, len(m.objects[kind]))
	for ref := range m.objects[kind] {
		refs = append(refs, ref)
	}
	return refs
}

// RefOf returns the name of an object, of a digest or of metadata.
func RefOf(object selection.Object) selection.Ref {
	switch o := object.(type) {
	case *Digest:
		return selection.Ref{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
	case *metav1.PartialObjectMetadata:
		return selection.Ref{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
	}
	return selection.RefOf(object)
}

func serviceOf(object selection.Object) *jobs.Service {
	switch o := object.(type) {
	case *Digest:
		return o.Service
	case *corev1.Service:
		return jobs.ServiceOf(o)
	}
	return nil
}
