// Package render generates the configurations of Prometheus and PrometheusAgent objects from the
// objects of a cluster. It selects, renders and judges, and leaves out what Prometheus would
// refuse. It reads nothing and writes nothing.
package render

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// An Engine caches the rendering of each object of a model for each Prometheus and PrometheusAgent.
// When one object changes, [Engine.Render] renders and judges that object alone. An Engine must not
// be used by several goroutines at once.
type Engine struct {
	model    *cluster.Model
	options  promconfig.Options
	assets   Assets
	reviewer *review.Reviewer // explains why objects are left out
	now      func() time.Time // for the validity of certificates

	// unique makes the engine leave out the endpoints that lose a clash.
	unique bool

	instances map[selection.Ref]*instance
	globals   uint64 // counts how often any Prometheus object was rendered
}

// Assets are the Secrets and ConfigMaps that objects refer to.
type Assets interface {
	promconfig.Assets

	// Err returns the first error since the last call of Err if an asset could not be read, so that
	// it is unknown whether the asset exists. The engine discards what it rendered meanwhile.
	Err() error
}

// ErrUnknown means that there is no such Prometheus or PrometheusAgent.
var ErrUnknown = errors.New("there is no such Prometheus or PrometheusAgent")

// NewEngine returns an engine with an empty model of its own. The engine uses only objects in
// namespaces that the operator watches; a nil operator watches all namespaces. If two monitors make
// a Prometheus scrape the same target under the same job, the engine leaves out the loser's
// endpoint. Now is the clock by which certificates are valid.
func NewEngine(assets Assets, options promconfig.Options, operator *selection.Operator, now func() time.Time) *Engine {
	e := newEngine(cluster.New(cluster.Options{KeepObjects: true, Operator: operator, Unmanaged: true}), assets, options, now)
	e.unique = true
	return e
}

func newEngine(model *cluster.Model, assets Assets, options promconfig.Options, now func() time.Time) *Engine {
	return &Engine{model: model, options: options, assets: assets, now: now, reviewer: &review.Reviewer{Kinds: builtin.Kinds()}, instances: map[selection.Ref]*instance{}}
}

// Prometheuses returns all Prometheus and PrometheusAgent objects, in order.
func (e *Engine) Prometheuses() []selection.Ref {
	return slices.SortedFunc(maps.Keys(e.instances), selection.Ref.Compare)
}

// Object returns an object of the model, or nil.
func (e *Engine) Object(ref selection.Ref) selection.Object { return e.model.Object(ref) }

// Put adds an object or replaces it, and returns the Prometheus objects whose configuration may
// change. The caller must not change the object afterwards. The engine reads Secrets and ConfigMaps
// from its assets: see [Engine.AssetChanged].
func (e *Engine) Put(object selection.Object) []selection.Ref {
	_ = e.model.Put(object) // Render returns the error of an unusable instance
	return e.changed(cluster.RefOf(object))
}

// Delete removes an object, and returns the Prometheus objects whose configuration may change.
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
	if ref.Kind == monitoringv1.ThanosRulerKind || ref.Kind == monitoringv1.AlertmanagersKind {
		return nil // no configuration is generated for it
	}
	delete(e.instances, ref)
	if of := e.model.Instance(ref); of != nil {
		e.instances[ref] = e.newInstance(of)
	}
	return []selection.Ref{ref}
}

// AssetChanged returns the Prometheus objects whose configuration may change because the content of
// a Secret or a ConfigMap may have changed.
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

// LeaveOut leaves a monitor out of one Prometheus' configuration until the monitor changes.
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

// touch marks an object as changed for all instances that select it or selected it before.
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

// reconsider makes the next rendering look for all clashes again, because Services decide about
// them.
func (e *Engine) reconsider() []selection.Ref {
	if !e.unique {
		return nil
	}
	for _, i := range e.instances {
		i.reconsider = true
	}
	return slices.Collect(maps.Keys(e.instances))
}

// selectable iterates over all objects that instances can select.
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
