// Package render makes the configurations of Prometheus and PrometheusAgent objects out
// of the objects of a cluster: it selects, renders and judges, and leaves out what
// Prometheus would refuse. It reads nothing and writes nothing.
package render

import (
	"errors"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// An Engine holds the objects of a cluster and what each gives for each Prometheus. When
// one object changes, [Engine.Render] renders and judges that object alone. An Engine
// must not be used by several goroutines at once.
type Engine struct {
	set       *Set
	options   promconfig.Options
	operator  *selection.Operator // may be nil
	assets    Assets
	index     *jobs.Index // nil if clashes are let pass
	instances map[selection.Ref]*instance
	globals   uint64 // how often any Prometheus object was rendered
}

// Assets are what the Secrets and ConfigMaps hold.
type Assets interface {
	promconfig.Assets

	// Err says why something could not be read since it was last asked, though it may
	// be there. What was rendered meanwhile is not used.
	Err() error
}

// ErrUnknown says that there is no such Prometheus or PrometheusAgent.
var ErrUnknown = errors.New("there is no such Prometheus or PrometheusAgent")

// NewEngine makes one without objects. Objects count that are in namespaces which the
// operator watches; nil is one that watches all. Of two monitors that make a Prometheus scrape the
// same target under the same job, it leaves the loser's endpoint out.
func NewEngine(assets Assets, options promconfig.Options, operator *selection.Operator) *Engine {
	e := newEngine(NewSet(), assets, options)
	e.index, e.operator = jobs.NewIndex(), operator
	return e
}

func newEngine(set *Set, assets Assets, options promconfig.Options) *Engine {
	return &Engine{set: set, options: options, assets: assets, instances: map[selection.Ref]*instance{}}
}

// Prometheuses are all Prometheus and PrometheusAgent objects, in order.
func (e *Engine) Prometheuses() []selection.Ref {
	return slices.SortedFunc(maps.Keys(e.instances), selection.Ref.Compare)
}

// Object is one that was put in, or nil.
func (e *Engine) Object(ref selection.Ref) selection.Object { return e.set.get(ref) }

// Put adds an object or replaces the one of the same name, and says whose configuration
// may be another one now. The object must not be changed afterwards. Secrets and
// ConfigMaps are no objects of the engine: see [Engine.AssetChanged].
func (e *Engine) Put(object selection.Object) []selection.Ref {
	ref := selection.RefOf(object)
	switch ref.Kind {
	case "", monitoringv1.ThanosRulerKind:
		return nil
	case selection.ServiceKind:
		if service, ok := object.(*corev1.Service); ok && e.index != nil {
			e.index.SetService(jobs.ServiceOf(service))
		}
		return e.reconsider()
	}
	e.set.put(ref, object)
	switch ref.Kind {
	case monitoringv1.PrometheusesKind, monitoringv1alpha1.PrometheusAgentsKind:
		i := e.newInstance(ref)
		e.instances[ref] = i
		if e.index != nil {
			e.index.SetPrometheus(ref, i.selectors, i.classes)
		}
		return []selection.Ref{ref}
	case selection.NamespaceKind:
		if e.index != nil {
			e.index.SetNamespace(ref.Name, object.GetLabels())
		}
		return e.touchNamespace(ref.Name)
	}
	if monitor := jobs.MonitorOf(object); monitor != nil && e.index != nil {
		e.index.SetMonitor(monitor)
	}
	return e.touch(ref)
}

// Delete takes an object out, and says whose configuration may be another one now.
func (e *Engine) Delete(ref selection.Ref) []selection.Ref {
	e.set.delete(ref)
	switch ref.Kind {
	case monitoringv1.PrometheusesKind, monitoringv1alpha1.PrometheusAgentsKind:
		if e.index != nil {
			e.index.DeletePrometheus(ref)
		}
		delete(e.instances, ref)
		return []selection.Ref{ref}
	case selection.ServiceKind:
		if e.index != nil {
			e.index.DeleteService(ref.Namespace, ref.Name)
		}
		return e.reconsider()
	case selection.NamespaceKind:
		if e.index != nil {
			e.index.DeleteNamespace(ref.Name)
		}
		return e.touchNamespace(ref.Name)
	}
	if e.index != nil {
		e.index.DeleteMonitor(ref)
	}
	return e.touch(ref)
}

// AssetChanged says that a Secret or a ConfigMap may hold something else by now.
func (e *Engine) AssetChanged(kind, namespace, name string) []selection.Ref {
	a := asset{kind, namespace, name}
	var touched []selection.Ref
	for ref, i := range e.instances {
		if i.ofGlobal[a] {
			i.stale = true
			touched = append(touched, ref)
			continue
		}
		if users := i.users[a]; len(users) > 0 {
			maps.Copy(i.dirty, users)
			touched = append(touched, ref)
		}
	}
	return touched
}

// LeaveOut leaves a monitor out of one Prometheus' configuration, until it changes.
func (e *Engine) LeaveOut(prometheus, ref selection.Ref, finding validation.Finding) {
	i := e.instances[prometheus]
	if i == nil || i.entries[ref] == nil {
		return
	}
	changed := *i.entries[ref]
	changed.findings, changed.jobs = []validation.Finding{finding}, nil
	i.put(&changed)
	i.clashes.changed(ref)
}

// touch marks an object for all who select it or did.
func (e *Engine) touch(ref selection.Ref) []selection.Ref {
	var touched []selection.Ref
	for name, i := range e.instances {
		if i.has(ref) || i.selects(e.set, ref) {
			i.dirty[ref] = true
			touched = append(touched, name)
		}
	}
	return touched
}

func (e *Engine) touchNamespace(namespace string) []selection.Ref {
	touched := map[selection.Ref]bool{}
	for _, kind := range selection.SelectableKinds() {
		for name := range e.set.objects[kind.Kind] {
			if name.Namespace != namespace {
				continue
			}
			for _, t := range e.touch(selection.Ref{Kind: kind.Kind, Namespace: name.Namespace, Name: name.Name}) {
				touched[t] = true
			}
		}
	}
	return slices.Collect(maps.Keys(touched))
}

// reconsider looks for all clashes again: which Services there are decides about them.
func (e *Engine) reconsider() []selection.Ref {
	if e.index == nil {
		return nil
	}
	for _, i := range e.instances {
		i.reconsider = true
	}
	return slices.Collect(maps.Keys(e.instances))
}
