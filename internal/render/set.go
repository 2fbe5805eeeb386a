// Package render makes the configuration of one Prometheus out of a set of objects:
// it selects, renders and judges, and leaves out what Prometheus would refuse. It
// reads nothing and writes nothing.
package render

import (
	"fmt"
	"maps"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// A Set is the objects of a cluster, as far as they matter for configurations. An
// object that is added again replaces the one before. Objects are not changed.
type Set struct {
	prometheuses  map[types.NamespacedName]*monitoringv1.Prometheus
	agents        map[types.NamespacedName]*monitoringv1alpha1.PrometheusAgent
	monitors      map[types.NamespacedName]*monitoringv1.ServiceMonitor
	pods          map[types.NamespacedName]*monitoringv1.PodMonitor
	probes        map[types.NamespacedName]*monitoringv1.Probe
	scrapeConfigs map[types.NamespacedName]*monitoringv1alpha1.ScrapeConfig
	rules         map[types.NamespacedName]*monitoringv1.PrometheusRule
	secrets       map[types.NamespacedName]*corev1.Secret
	configMaps    map[types.NamespacedName]*corev1.ConfigMap
	namespaces    map[string]*corev1.Namespace
}

// NewSet makes an empty set.
func NewSet() *Set {
	return &Set{
		prometheuses:  map[types.NamespacedName]*monitoringv1.Prometheus{},
		agents:        map[types.NamespacedName]*monitoringv1alpha1.PrometheusAgent{},
		monitors:      map[types.NamespacedName]*monitoringv1.ServiceMonitor{},
		pods:          map[types.NamespacedName]*monitoringv1.PodMonitor{},
		probes:        map[types.NamespacedName]*monitoringv1.Probe{},
		scrapeConfigs: map[types.NamespacedName]*monitoringv1alpha1.ScrapeConfig{},
		rules:         map[types.NamespacedName]*monitoringv1.PrometheusRule{},
		secrets:       map[types.NamespacedName]*corev1.Secret{},
		configMaps:    map[types.NamespacedName]*corev1.ConfigMap{},
		namespaces:    map[string]*corev1.Namespace{},
	}
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
	case corev1.SchemeGroupVersion.WithKind("Secret"):
		return &corev1.Secret{}
	case corev1.SchemeGroupVersion.WithKind("ConfigMap"):
		return &corev1.ConfigMap{}
	case corev1.SchemeGroupVersion.WithKind("Namespace"):
		return &corev1.Namespace{}
	}
	return nil
}

// Add puts an object into the set. Of a kind that no configuration is made of, it is
// an error.
func (s *Set) Add(obj runtime.Object) error {
	switch o := obj.(type) {
	case *monitoringv1.Prometheus:
		s.prometheuses[nameOf(o.Namespace, o.Name)] = o
	case *monitoringv1alpha1.PrometheusAgent:
		s.agents[nameOf(o.Namespace, o.Name)] = o
	case *monitoringv1.ServiceMonitor:
		s.monitors[nameOf(o.Namespace, o.Name)] = o
	case *monitoringv1.PodMonitor:
		s.pods[nameOf(o.Namespace, o.Name)] = o
	case *monitoringv1.Probe:
		s.probes[nameOf(o.Namespace, o.Name)] = o
	case *monitoringv1alpha1.ScrapeConfig:
		s.scrapeConfigs[nameOf(o.Namespace, o.Name)] = o
	case *monitoringv1.PrometheusRule:
		s.rules[nameOf(o.Namespace, o.Name)] = o
	case *corev1.Secret:
		s.secrets[nameOf(o.Namespace, o.Name)] = o
	case *corev1.ConfigMap:
		s.configMaps[nameOf(o.Namespace, o.Name)] = o
	case *corev1.Namespace:
		s.namespaces[o.Name] = o
	default:
		return fmt.Errorf("no configuration is made of a %T", obj)
	}
	return nil
}

// Prometheuses are the names of all Prometheus and PrometheusAgent objects.
func (s *Set) Prometheuses() []types.NamespacedName {
	var names []types.NamespacedName
	for name := range s.prometheuses {
		names = append(names, name)
	}
	for name := range s.agents {
		names = append(names, name)
	}
	return names
}

// SecretKey implements [promconfig.Assets]. stringData counts as if it were stored.
func (s *Set) SecretKey(namespace, name, key string) ([]byte, bool) {
	secret, ok := s.secrets[nameOf(namespace, name)]
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
	configMap, ok := s.configMaps[nameOf(namespace, name)]
	if !ok {
		return "", false
	}
	value, ok := configMap.Data[key]
	return value, ok
}

// namespaceLabels of a namespace that is not in the set are those that the API
// server gives to every namespace.
func (s *Set) namespaceLabels(name string) map[string]string {
	labels := map[string]string{}
	if n, ok := s.namespaces[name]; ok {
		maps.Copy(labels, n.Labels)
	}
	labels[corev1.LabelMetadataName] = name
	return labels
}

func nameOf(namespace, name string) types.NamespacedName {
	return types.NamespacedName{Namespace: namespace, Name: name}
}
