// Package render makes the configurations of Prometheus and PrometheusAgent objects out
// of the objects of a cluster: it selects, renders and judges, and leaves out what
// Prometheus would refuse. It reads nothing and writes nothing.
package render

import (
	"errors"
	"iter"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// An Engine keeps what each object of a model gives for each Prometheus and PrometheusAgent.
// When one object changes, [Engine.Render] renders and judges that object alone. An Engine
// must not be used by several goroutines at once.
type Engine struct {
	model    *cluster.Model
	options  promconfig.Options
	assets   Assets
	reviewer *review.Reviewer // for the words about what is left out

	// unique makes the engine leave out the endpoints that lose a clash.
	unique bool

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

// NewEngine returns an engine with a model of its own, which is empty. The engine only uses
// objects in namespaces that the operator watches; nil is an operator that watches all. Of two
// monitors that make a Prometheus scrape the same target under the same job, it leaves the
// loser's endpoint out.
func NewEngine(assets Assets, options promconfig.Options, operator *selection.Operator) *Engine {
	e := newEngine(cluster.New(cluster.Options{KeepObjects: true, Operator: operator, Unmanaged: true}), assets, options)
	e.unique = true
	return e
}

func newEngine(model *cluster.Model, assets Assets, options promconfig.Options) *Engine {
	return &Engine{model: model, options: options, assets: assets, reviewer: &review.Reviewer{Kinds: builtin.Kinds()}, instances: map[selection.Ref]*instance{}}
}

// Prometheuses returns all Prometheus and PrometheusAgent objects, in order.
func (e *Engine) Prometheuses() []selection.Ref {
	return slices.SortedFunc(maps.Keys(e.instances), selection.Ref.Compare)
}

// Object returns an object that was put in, or nil.
func (e *Engine) Object(ref selection.Ref) selection.Object { return e.model.Object(ref) }

// Put adds an object or replaces the one of the same name, and returns the Prometheus objects
// whose configuration may change with it. The object must not be changed afterwards. The
// engine reads Secrets and ConfigMaps from its assets: see [Engine.AssetChanged].
func (e *Engine) Put(object selection.Object) []selection.Ref {
	_ = e.model.Put(object) // an instance that cannot be used says so when it is rendered
	return e.changed(cluster.RefOf(object))
}

// Delete takes an object out, and returns the Prometheus objects whose configuration may
// change with it.
func (e *Engine) Delete(ref selection.Ref) []selection.Ref {
	e.model.Delete(ref)
	return e.changed(ref)
}

func (e *Engine) changed(ref selection.Ref) []selection.Ref {
	kind, _ := selection.KindNamed(ref.Kind)
	switch {
	case kind.Instance:
		return e.changedInstance(ref)
	case kind.Selectable:
		return e.touch(ref)
	case ref.Kind == selection.ServiceKind:
		return e.reconsider()
	case ref.Kind == selection.NamespaceKind:
		return e.touchNamespace(ref.Name)
	}
	return nil
}

func (e *Engine) changedInstance(ref selection.Ref) []selection.Ref {
	if ref.Kind == monitoringv1.ThanosRulerKind {
		return nil // no configuration is generated for it
	}
	delete(e.instances, ref)
	if of := e.model.Instance(ref); of != nil {
		e.instances[ref] = e.newInstance(of)
	}
	return []selection.Ref{ref}
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

// touch marks an object for all instances that select it or did.
func (e *Engine) touch(ref selection.Ref) []selection.Ref {
	var touched []selection.Ref
	for name, i := range e.instances {
		if i.has(ref) || e.selects(i, ref) {
			i.dirty[ref] = true
			touched = append(touched, name)
		}
	}
	return touched
}

// selects reports whether the model has an object, and an instance selects it.
func (e *Engine) selects(i *instance, ref selection.Ref) bool {
	object := e.model.Object(ref)
	return object != nil && i.Selects(ref.Kind, ref.Namespace, object.GetLabels(), e.model.NamespaceLabels(ref.Namespace))
}

func (e *Engine) touchNamespace(namespace string) []selection.Ref {
	touched := map[selection.Ref]bool{}
	for ref := range e.selectable() {
		if ref.Namespace != namespace {
			continue
		}
		for _, t := range e.touch(ref) {
			touched[t] = true
		}
	}
	return slices.Collect(maps.Keys(touched))
}

// reconsider looks for all clashes again: which Services there are decides about them.
func (e *Engine) reconsider() []selection.Ref {
	if !e.unique {
		return nil
	}
	for _, i := range e.instances {
		i.reconsider = true
	}
	return slices.Collect(maps.Keys(e.instances))
}

// selectable goes through all objects that instances can select.
func (e *Engine) selectable() iter.Seq[selection.Ref] {
	return func(yield func(selection.Ref) bool) {
		for _, kind := range selection.SelectableKinds() {
			for _, ref := range e.model.Refs(kind.Kind) {
				if !yield(ref) {
					return
				}
			}
		}
	}
}
