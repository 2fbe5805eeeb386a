// Package selection knows which instance (Prometheus, PrometheusAgent, ThanosRuler or Alertmanager) selects
// which object, and the table of kinds. The semantics are the operator's (v0.93.0): a nil object
// selector selects nothing and an empty one everything; a nil namespace selector means the
// instance's own namespace, and an empty one all namespaces.
package selection

import (
	"fmt"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A Selector is an instance's choice among the objects of one kind.
type Selector struct {
	own        string
	objects    labels.Selector
	namespaces labels.Selector // nil means the own namespace
	operator   *Operator       // limits the namespaces; see Under
	named      string          // an object of the own namespace that is used whatever its labels are; see Names
}

// Selectors are an instance's choices, by kind.
type Selectors map[string]Selector

// Of reads the selectors of a Prometheus.
func Of(p *monitoringv1.Prometheus) (Selectors, error) { return read(p) }

// OfAgent reads the selectors of a PrometheusAgent, which selects no rules.
func OfAgent(p *monitoringv1alpha1.PrometheusAgent) (Selectors, error) {
	s, err := read(p)
	if p.Spec.Mode != nil && *p.Spec.Mode == monitoringv1alpha1.DaemonSetPrometheusAgentMode {
		// An agent on each node scrapes the pods of its node, and nothing else.
		maps.DeleteFunc(s, func(kind string, _ Selector) bool { return kind != monitoringv1.PodMonitorsKind })
	}
	return s, err
}

// OfThanosRuler reads the selectors of a ThanosRuler, which selects rules only.
func OfThanosRuler(r *monitoringv1.ThanosRuler) (Selectors, error) { return read(r) }

// OfAlertmanager reads the selectors of an Alertmanager, which selects AlertmanagerConfigs only.
func OfAlertmanager(a *monitoringv1.Alertmanager) (Selectors, error) {
	s, err := read(a)
	if global := a.Spec.AlertmanagerConfiguration; err == nil && global != nil {
		selector := s[monitoringv1alpha1.AlertmanagerConfigKind]
		selector.named = global.Name
		s[monitoringv1alpha1.AlertmanagerConfigKind] = selector
	}
	return s, err
}

func read(instance Object) (Selectors, error) {
	s := Selectors{}
	for _, c := range ChoicesOf(instance) {
		selector, err := newSelector(instance.GetNamespace(), c.Field, c.Objects, c.Namespaces)
		if err != nil {
			return nil, err
		}
		s[c.Kind] = selector
	}
	return s, nil
}

func newSelector(own, field string, objects, namespaces *metav1.LabelSelector) (Selector, error) {
	s := Selector{own: own}
	var err error
	if s.objects, err = metav1.LabelSelectorAsSelector(objects); err != nil {
		return s, fmt.Errorf("spec.%sSelector: %w", field, err)
	}
	if namespaces == nil {
		return s, nil
	}
	if s.namespaces, err = metav1.LabelSelectorAsSelector(namespaces); err != nil {
		return s, fmt.Errorf("spec.%sNamespaceSelector: %w", field, err)
	}
	return s, nil
}

// Selects reports whether an object with the given labels is selected. ofNamespace are the
// labels of its namespace.
func (s Selectors) Selects(kind, namespace string, object, ofNamespace map[string]string) bool {
	selector, ok := s[kind]
	return ok && selector.operator.Watches(kind, namespace) &&
		selector.objects.Matches(labels.Set(object)) && selector.reaches(namespace, ofNamespace)
}

// Names reports whether the instance refers to an object by its name, so that it uses the object whatever its labels are:
// the global AlertmanagerConfig of an Alertmanager.
func (s Selectors) Names(kind, namespace, name string) bool {
	selector, ok := s[kind]
	return ok && selector.named != "" && selector.named == name && selector.own == namespace
}

// reaches reports whether the selector selects objects in a namespace.
func (s Selector) reaches(namespace string, ofNamespace map[string]string) bool {
	if s.namespaces == nil {
		return namespace == s.own
	}
	return s.namespaces.Matches(labels.Set(ofNamespace))
}

// Has reports whether any object of a kind can be selected.
func (s Selectors) Has(kind string) bool {
	selector, ok := s[kind]
	if !ok {
		return false
	}
	_, selectable := selector.objects.Requirements()
	return selectable
}

// AsksNamespace reports whether the choice among the objects of a kind depends on labels of their
// namespace other than the one that holds its name.
func (s Selectors) AsksNamespace(kind string) bool {
	selector, ok := s[kind]
	if !ok || selector.namespaces == nil {
		return false
	}
	requirements, _ := selector.namespaces.Requirements()
	return slices.ContainsFunc(requirements, func(r labels.Requirement) bool { return r.Key() != corev1.LabelMetadataName })
}

// NamespaceLabels returns the labels of a namespace, given those that are known of it. Every
// namespace has the label kubernetes.io/metadata.name: the API server sets it. A namespace
// of which nothing is known has no other.
func NamespaceLabels(name string, known map[string]string) map[string]string {
	if known[corev1.LabelMetadataName] == name {
		return known
	}
	labels := maps.Clone(known)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[corev1.LabelMetadataName] = name
	return labels
}
