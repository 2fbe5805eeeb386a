package main

import (
	"encoding/json"
	"errors"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

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

// A badObject is one that no API server would store.
type badObject struct {
	load.Object

	reason string
}

// setOf takes the objects that matter, and leaves all other kinds alone. Objects that
// no API server would store are given back, with the reason.
func setOf(objects []load.Object) (set *render.Set, bad []badObject, err error) {
	set = render.NewSet()
	for _, o := range objects {
		obj := emptyOf(schema.FromAPIVersionAndKind(o.APIVersion, o.Kind))
		if obj == nil {
			continue
		}
		if reason := storable(o, obj); reason != "" {
			bad = append(bad, badObject{o, reason})
			continue
		}
		if err := set.Add(obj); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.Where(), err)
		}
	}
	return set, bad, nil
}

// storable decodes an object, and says why the API server would not take it. Names
// become file names, so they are checked as it checks them.
func storable(o load.Object, obj runtime.Object) (reason string) {
	if o.Name == "" {
		return "metadata.name is missing"
	}
	if wrong := validation.IsDNS1123Subdomain(o.Name); len(wrong) > 0 {
		return "metadata.name: " + wrong[0]
	}
	if wrong := validation.IsDNS1123Label(o.Namespace); o.Kind != "Namespace" && len(wrong) > 0 {
		return "metadata.namespace: " + wrong[0]
	}
	data, err := json.Marshal(o.Fields)
	if err != nil {
		return err.Error()
	}
	if err := json.Unmarshal(data, obj); err != nil {
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return fmt.Sprintf("%s cannot be %s", e.Field, e.Value)
		}
		return err.Error()
	}
	return ""
}
