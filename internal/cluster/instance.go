package cluster

import (
	"fmt"
	"sync"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// An Instance is an object that selects others: a Prometheus, a PrometheusAgent or a
// ThanosRuler. It is not changed once it is in a model.
type Instance struct {
	Ref    selection.Ref
	Object selection.Object

	// Selectors are those of the object, within the scope of the operator. They are nil if
	// the instance selects nothing: because of Err, or because the operator does not manage
	// it.
	Selectors selection.Selectors

	// OwnNamespaces reports that each monitor sees targets of its own namespace only
	// (ignoreNamespaceSelectors).
	OwnNamespaces bool

	// Err says why the operator could not use the object: a mistake of its user's.
	Err error

	classes  *jobs.ScrapeClasses
	snapshot func() validation.Snapshot
}

// Name is namespace/name, as selection and messages have it.
func (i *Instance) Name() string { return i.Ref.Path() }

func newInstance(ref selection.Ref, object selection.Object) *Instance {
	i := &Instance{Ref: ref, Object: object}
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		i.OwnNamespaces, i.classes = o.Spec.IgnoreNamespaceSelectors, jobs.ClassesOf(o.Spec.ScrapeClasses)
		i.Selectors, i.Err = selection.Of(o)
	case *monitoringv1alpha1.PrometheusAgent:
		i.OwnNamespaces, i.classes = o.Spec.IgnoreNamespaceSelectors, jobs.ClassesOf(o.Spec.ScrapeClasses)
		i.Selectors, i.Err = selection.OfAgent(o)
	case *monitoringv1.ThanosRuler:
		i.Selectors, i.Err = selection.OfThanosRuler(o)
		ruler, err := judge.NewRuler(o)
		if i.Err == nil {
			i.Err = err
		}
		i.snapshot = func() validation.Snapshot { return ruler.Snapshot() }
		return i
	}
	g, err := i.Generator(promconfig.Placeholders{}, promconfig.AsInstalled())
	if i.Err == nil {
		i.Err = err
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
		return promconfig.New(o, assets, options) //nolint:wrapcheck // it says what is wrong with the object
	case *monitoringv1alpha1.PrometheusAgent:
		return promconfig.NewAgent(o, assets, options) //nolint:wrapcheck // the same
	}
	return nil, fmt.Errorf("no configuration is generated for %s", i.Ref)
}

// Snapshot returns what checks may know of the instance. Secrets and ConfigMaps are not
// read for it. It is made once, when it is first asked for.
func (i *Instance) Snapshot() validation.Snapshot { return i.snapshot() }

// Selects reports whether the instance selects an object with these labels, in a namespace
// with those.
func (i *Instance) Selects(kind, namespace string, labels, ofNamespace map[string]string) bool {
	return i.Selectors.Selects(kind, namespace, labels, ofNamespace)
}
