package main

import (
	"encoding/json"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/internal/load"
	"github.com/promgate/promgate/internal/render"
)

// emptyOf makes an empty object of a kind that a configuration is made of, and nil
// of any other.
func emptyOf(gvk schema.GroupVersionKind) runtime.Object {
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

// setOf takes the objects that matter, and leaves all other kinds alone. Objects
// without a name, which no API server stores, are given back.
func setOf(objects []load.Object) (set *render.Set, nameless []load.Object, err error) {
	set = render.NewSet()
	for _, o := range objects {
		obj := emptyOf(schema.FromAPIVersionAndKind(o.APIVersion, o.Kind))
		if obj == nil {
			continue
		}
		if o.Name == "" {
			nameless = append(nameless, o)
			continue
		}
		data, err := json.Marshal(o.Fields)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.Where(), err)
		}
		if err := json.Unmarshal(data, obj); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.Where(), err)
		}
		if err := set.Add(obj); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.Where(), err)
		}
	}
	return set, nameless, nil
}
