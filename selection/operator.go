package selection

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// ControllerID is the annotation that assigns an instance to one of several operators.
const ControllerID = "operator.prometheus.io/controller-id"

// An Operator is the scope of a Prometheus Operator, as its flags set it (v0.93.0); the fields
// are named after the flags. Nil means that the scope is not known: every object counts then.
type Operator struct {
	// Namespaces and DenyNamespaces limit the namespaces of monitors and rules, and those of
	// instances unless the next two fields do. Empty means all. The operator does not start if
	// both are set.
	Namespaces     []string
	DenyNamespaces []string

	// PrometheusInstanceNamespaces is for Prometheus and PrometheusAgent objects.
	PrometheusInstanceNamespaces   []string
	ThanosRulerInstanceNamespaces  []string
	AlertmanagerInstanceNamespaces []string

	// AlertmanagerConfigNamespaces limits the namespaces of AlertmanagerConfigs, instead of the first two.
	AlertmanagerConfigNamespaces []string

	// PrometheusInstanceSelector is for Prometheus and PrometheusAgent objects. Nil selects
	// all.
	PrometheusInstanceSelector   labels.Selector
	ThanosRulerInstanceSelector  labels.Selector
	AlertmanagerInstanceSelector labels.Selector

	// ControllerID is the annotation's value. If empty, the operator manages the objects without
	// the annotation.
	ControllerID string
}

// Manages reports whether the operator manages an instance.
func (o *Operator) Manages(kind string, object metav1.Object) bool {
	if o == nil {
		return true
	}
	namespaces, selector := o.PrometheusInstanceNamespaces, o.PrometheusInstanceSelector
	switch kind {
	case monitoringv1.ThanosRulerKind:
		namespaces, selector = o.ThanosRulerInstanceNamespaces, o.ThanosRulerInstanceSelector
	case monitoringv1.AlertmanagersKind:
		namespaces, selector = o.AlertmanagerInstanceNamespaces, o.AlertmanagerInstanceSelector
	}
	if len(namespaces) == 0 {
		namespaces = o.Namespaces
	}
	return o.within(namespaces, object.GetNamespace()) &&
		(selector == nil || selector.Matches(labels.Set(object.GetLabels()))) &&
		object.GetAnnotations()[ControllerID] == o.ControllerID
}

// Watches reports whether the operator watches the objects of a kind in a namespace.
func (o *Operator) Watches(kind, namespace string) bool {
	return o.unwatched(kind, namespace) == ""
}

// unwatched returns the configuration key that excludes the objects of a kind in a namespace, or nothing if they are
// watched.
func (o *Operator) unwatched(kind, namespace string) string {
	if o == nil {
		return ""
	}
	namespaces, key := o.Namespaces, "operator.namespaces"
	if kind == monitoringv1alpha1.AlertmanagerConfigKind && len(o.AlertmanagerConfigNamespaces) > 0 {
		namespaces, key = o.AlertmanagerConfigNamespaces, "operator.alertmanagerConfigNamespaces"
	}
	switch {
	case o.within(namespaces, namespace):
		return ""
	case len(namespaces) > 0:
		return key
	}
	return "operator.denyNamespaces"
}

// within reports whether a namespace is in a list. As in the operator, the denied namespaces
// count only if the list is empty.
func (o *Operator) within(namespaces []string, namespace string) bool {
	if len(namespaces) > 0 {
		return slices.Contains(namespaces, namespace)
	}
	return !slices.Contains(o.DenyNamespaces, namespace)
}

// Under returns the selectors, limited to the namespaces that an operator watches.
func (s Selectors) Under(o *Operator) Selectors {
	under := make(Selectors, len(s))
	for kind, selector := range s {
		selector.operator = o
		under[kind] = selector
	}
	return under
}
