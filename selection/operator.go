package selection

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// ControllerID is the annotation by which Prometheus objects are shared out among several
// operators.
const ControllerID = "operator.prometheus.io/controller-id"

// An Operator is what an operator looks at, after its flags (v0.93.0). The fields are
// named after those. Nil stands for operators of which nothing is known: then every object
// counts.
type Operator struct {
	// Namespaces and DenyNamespaces say where it takes monitors and rules from, and
	// Prometheus objects too unless the next two say otherwise. Empty means all. The
	// operator does not start with both.
	Namespaces     []string
	DenyNamespaces []string

	// PrometheusInstanceNamespaces is for Prometheus and PrometheusAgent objects.
	PrometheusInstanceNamespaces  []string
	ThanosRulerInstanceNamespaces []string

	// PrometheusInstanceSelector is for Prometheus and PrometheusAgent objects. Nil takes
	// all.
	PrometheusInstanceSelector  labels.Selector
	ThanosRulerInstanceSelector labels.Selector

	// ControllerID is the annotation's value. Empty takes the objects that have none.
	ControllerID string
}

// Manages says whether the operator makes something of a Prometheus, PrometheusAgent or
// ThanosRuler.
func (o *Operator) Manages(kind string, object metav1.Object) bool {
	if o == nil {
		return true
	}
	namespaces, selector := o.PrometheusInstanceNamespaces, o.PrometheusInstanceSelector
	if kind == monitoringv1.ThanosRulerKind {
		namespaces, selector = o.ThanosRulerInstanceNamespaces, o.ThanosRulerInstanceSelector
	}
	if len(namespaces) == 0 {
		namespaces = o.Namespaces
	}
	return o.within(namespaces, object.GetNamespace()) &&
		(selector == nil || selector.Matches(labels.Set(object.GetLabels()))) &&
		object.GetAnnotations()[ControllerID] == o.ControllerID
}

// Watches says whether the operator takes monitors and rules from a namespace.
func (o *Operator) Watches(namespace string) bool {
	return o.unwatched(namespace) == ""
}

// unwatched is the key of the configuration that keeps a namespace out. Empty if none does.
func (o *Operator) unwatched(namespace string) string {
	switch {
	case o == nil || o.within(o.Namespaces, namespace):
		return ""
	case len(o.Namespaces) > 0:
		return "operator.namespaces"
	}
	return "operator.denyNamespaces"
}

// within says whether a namespace is among those given. As in the operator, what it is
// denied counts only where nothing is given.
func (o *Operator) within(namespaces []string, namespace string) bool {
	if len(namespaces) > 0 {
		return slices.Contains(namespaces, namespace)
	}
	return !slices.Contains(o.DenyNamespaces, namespace)
}

// Under are the selectors as they are for an operator that takes objects only from the
// namespaces that it watches.
func (s Selectors) Under(o *Operator) Selectors {
	under := make(Selectors, len(s))
	for kind, selector := range s {
		selector.operator = o
		under[kind] = selector
	}
	return under
}
