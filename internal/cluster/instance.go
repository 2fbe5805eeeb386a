package cluster

import (
	"fmt"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/alertmanager"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// An Instance is an object that selects others: a Prometheus, a PrometheusAgent, a ThanosRuler or an Alertmanager.
// It does not change once it is in a model.
type Instance struct {
	Ref    selection.Ref
	Object selection.Object

	// Selectors are the object's selectors, limited by the scope of the operator. They are nil if
	// the instance selects nothing: because of Err, or because the operator does not manage it.
	Selectors selection.Selectors

	// OwnNamespaces reports that each monitor sees targets in its own namespace only
	// (ignoreNamespaceSelectors).
	OwnNamespaces bool

	// Err is the reason why the operator could not use the object: a mistake of the user's.
	Err error

	// separates and receives are what [records.Loaded] says of them.
	separates, receives bool

	classes  *jobs.ScrapeClasses
	snapshot func() validation.Snapshot
}

// Name returns namespace/name, as selection and messages spell it.
func (i *Instance) Name() string { return i.Ref.Path() }

// newInstance reads an instance. assets are for an Alertmanager.
func newInstance(ref selection.Ref, object selection.Object, assets promconfig.Assets) *Instance {
	i := &Instance{Ref: ref, Object: object}
	i.Selectors, i.Err = selection.OfInstance(object)
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		i.OwnNamespaces, i.classes = o.Spec.IgnoreNamespaceSelectors, jobs.ClassesOf(o.Spec.ScrapeClasses)
	case *monitoringv1alpha1.PrometheusAgent:
		i.OwnNamespaces, i.classes = o.Spec.IgnoreNamespaceSelectors, jobs.ClassesOf(o.Spec.ScrapeClasses)
	case *monitoringv1.ThanosRuler:
		i.separates = o.Spec.EnforcedNamespaceLabel != ""
		ruler, err := judge.NewRuler(o)
		if i.Err == nil {
			i.Err = err
		}
		i.snapshot = func() validation.Snapshot { return ruler.Snapshot() }
		return i
	case *monitoringv1.Alertmanager:
		if _, err := alertmanager.New(o, assets); i.Err == nil {
			i.Err = err
		}
		i.snapshot = sync.OnceValue(func() validation.Snapshot { return judge.NewAlertmanager(o, assets).Snapshot() })
		return i
	}
	g, err := i.Generator(promconfig.Placeholders{}, promconfig.AsInstalled())
	if i.Err == nil {
		i.Err = err
	}
	if p, ok := object.(*monitoringv1.Prometheus); ok && g != nil {
		i.receives, i.separates = receives(g, p), p.Spec.EnforcedNamespaceLabel != ""
	}
	i.snapshot = sync.OnceValue(func() validation.Snapshot { return judge.New(g, g.Global()).Snapshot() })
	return i
}

// restrict applies the scope of the operator.
func (i *Instance) restrict(o *selection.Operator, unmanaged bool) {
	if i.Err != nil || !unmanaged && !o.Manages(i.Ref.Kind, i.Object) {
		i.Selectors = nil
		return
	}
	i.Selectors = i.Selectors.Under(o)
}

// Generator returns a new generator for the configuration of a Prometheus or
// PrometheusAgent, which reads Secrets and ConfigMaps from assets.
func (i *Instance) Generator(assets promconfig.Assets, options promconfig.Options) (*promconfig.Generator, error) {
	switch o := i.Object.(type) {
	case *monitoringv1.Prometheus:
		return promconfig.New(o, assets, options) //nolint:wrapcheck // the error names the object
	case *monitoringv1alpha1.PrometheusAgent:
		return promconfig.NewAgent(o, assets, options) //nolint:wrapcheck // the error names the object
	}
	return nil, fmt.Errorf("no configuration is generated for %s", i.Ref)
}

// Snapshot returns what checks may know about the instance. It is computed when it is first
// requested, without reading Secrets and ConfigMaps.
func (i *Instance) Snapshot() validation.Snapshot { return i.snapshot() }

// Selects reports whether the instance selects an object with these labels, in a namespace with
// these labels.
func (i *Instance) Selects(kind, namespace string, labels, ofNamespace map[string]string) bool {
	return i.Selectors.Selects(kind, namespace, labels, ofNamespace)
}
