package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/selection"
)

// Kinds of objects beside the operator's.
const (
	secretKind    = "Secret"
	configMapKind = "ConfigMap"
	namespaceKind = "Namespace"
	serviceKind   = "Service"
)

// A Set is the objects of a cluster, as far as they matter for configurations. An
// object that is added again replaces the one before. Objects are not changed.
type Set struct {
	objects map[string]map[types.NamespacedName]selection.Object // by kind
}

// NewSet makes an empty set.
func NewSet() *Set {
	return &Set{objects: map[string]map[types.NamespacedName]selection.Object{}}
}

// NewObject makes an empty object of a kind that a configuration is made of, and nil
// of any other.
func NewObject(gvk schema.GroupVersionKind) runtime.Object {
	switch gvk {
	case monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusesKind):
		return &monitoringv1.Prometheus{}
	case monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.PrometheusAgentsKind):
		return &monitoringv1alpha1.PrometheusAgent{}
	case monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ServiceMonitorsKind):
		return &monitoringv1.ServiceMonitor{}
	case monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PodMonitorsKind):
		return &monitoringv1.PodMonitor{}
	case monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ProbesKind):
		return &monitoringv1.Probe{}
	case monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.ScrapeConfigsKind):
		return &monitoringv1alpha1.ScrapeConfig{}
	case monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusRuleKind):
		return &monitoringv1.PrometheusRule{}
	case corev1.SchemeGroupVersion.WithKind(secretKind):
		return &corev1.Secret{}
	case corev1.SchemeGroupVersion.WithKind(configMapKind):
		return &corev1.ConfigMap{}
	case corev1.SchemeGroupVersion.WithKind(namespaceKind):
		return &corev1.Namespace{}
	}
	return nil
}

// refOf names an object. The kind is empty if no configuration is made of it.
func refOf(object runtime.Object) selection.Ref {
	kind := ""
	switch object.(type) {
	case *monitoringv1.Prometheus:
		kind = monitoringv1.PrometheusesKind
	case *monitoringv1alpha1.PrometheusAgent:
		kind = monitoringv1alpha1.PrometheusAgentsKind
	case *monitoringv1.ServiceMonitor:
		kind = monitoringv1.ServiceMonitorsKind
	case *monitoringv1.PodMonitor:
		kind = monitoringv1.PodMonitorsKind
	case *monitoringv1.Probe:
		kind = monitoringv1.ProbesKind
	case *monitoringv1alpha1.ScrapeConfig:
		kind = monitoringv1alpha1.ScrapeConfigsKind
	case *monitoringv1.PrometheusRule:
		kind = monitoringv1.PrometheusRuleKind
	case *corev1.Secret:
		kind = secretKind
	case *corev1.ConfigMap:
		kind = configMapKind
	case *corev1.Namespace:
		kind = namespaceKind
	case *corev1.Service:
		kind = serviceKind
	}
	o, ok := object.(selection.Object)
	if !ok || kind == "" {
		return selection.Ref{}
	}
	return selection.Ref{Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName()}
}

// Add puts an object into the set. Of a kind that no configuration is made of, it is
// an error.
func (s *Set) Add(object runtime.Object) error {
	o, ok := object.(selection.Object)
	ref := refOf(object)
	if !ok || ref.Kind == "" || ref.Kind == serviceKind {
		return fmt.Errorf("no configuration is made of a %T", object)
	}
	s.put(ref, o)
	return nil
}

func (s *Set) put(ref selection.Ref, o selection.Object) {
	if s.objects[ref.Kind] == nil {
		s.objects[ref.Kind] = map[types.NamespacedName]selection.Object{}
	}
	s.objects[ref.Kind][nameOf(ref.Namespace, ref.Name)] = o
}

func (s *Set) delete(ref selection.Ref) {
	delete(s.objects[ref.Kind], nameOf(ref.Namespace, ref.Name))
}

func (s *Set) get(ref selection.Ref) selection.Object {
	return s.objects[ref.Kind][nameOf(ref.Namespace, ref.Name)]
}

// Prometheuses are the names of all Prometheus and PrometheusAgent objects.
func (s *Set) Prometheuses() []types.NamespacedName {
	return slices.AppendSeq(slices.Collect(maps.Keys(s.objects[monitoringv1.PrometheusesKind])),
		maps.Keys(s.objects[monitoringv1alpha1.PrometheusAgentsKind]))
}

// SecretKey implements [promconfig.Assets]. stringData counts as if it were stored.
func (s *Set) SecretKey(namespace, name, key string) ([]byte, bool) {
	secret, ok := s.get(selection.Ref{Kind: secretKind, Namespace: namespace, Name: name}).(*corev1.Secret)
	if !ok {
		return nil, false
	}
	if text, ok := secret.StringData[key]; ok {
		return []byte(text), true
	}
	value, ok := secret.Data[key]
	return value, ok
}

// ConfigMapKey implements [promconfig.Assets].
func (s *Set) ConfigMapKey(namespace, name, key string) (string, bool) {
	configMap, ok := s.get(selection.Ref{Kind: configMapKind, Namespace: namespace, Name: name}).(*corev1.ConfigMap)
	if !ok {
		return "", false
	}
	value, ok := configMap.Data[key]
	return value, ok
}

// Err says that all there is can be read.
func (s *Set) Err() error { return nil }

// namespaceLabels of a namespace that is not in the set are those that the API
// server gives to every namespace.
func (s *Set) namespaceLabels(name string) map[string]string {
	labels := map[string]string{}
	if n := s.get(selection.Ref{Kind: namespaceKind, Name: name}); n != nil {
		maps.Copy(labels, n.GetLabels())
	}
	labels[corev1.LabelMetadataName] = name
	return labels
}

func nameOf(namespace, name string) types.NamespacedName {
	return types.NamespacedName{Namespace: namespace, Name: name}
}

func compareRefs(a, b selection.Ref) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}
