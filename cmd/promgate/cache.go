package main

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
)

// watchedScheme is the kinds that promgate watches. Of namespaces it sees the metadata.
func watchedScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, corev1.SchemeGroupVersion)
	for _, add := range []func(*runtime.Scheme) error{monitoringv1.AddToScheme, monitoringv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("making the scheme: %w", err)
		}
	}
	return scheme, nil
}

// leanCache keeps what promgate needs of the objects that it watches, and nothing
// else: names and labels of namespaces, the spec of Prometheus objects.
func leanCache() ctrlcache.Options {
	return ctrlcache.Options{DefaultTransform: cache.TransformFunc(func(o any) (any, error) {
		switch m := o.(type) {
		case *metav1.PartialObjectMetadata:
			m.Annotations, m.ManagedFields, m.OwnerReferences, m.Finalizers = nil, nil, nil, nil
		case *monitoringv1.Prometheus:
			m.Annotations, m.ManagedFields, m.OwnerReferences, m.Finalizers = nil, nil, nil, nil
			m.Status = monitoringv1.PrometheusStatus{}
		case *monitoringv1.ThanosRuler:
			m.Annotations, m.ManagedFields, m.OwnerReferences, m.Finalizers = nil, nil, nil, nil
			m.Status = monitoringv1.ThanosRulerStatus{}
		case *monitoringv1alpha1.PrometheusAgent:
			m.Annotations, m.ManagedFields, m.OwnerReferences, m.Finalizers = nil, nil, nil, nil
			m.Status = monitoringv1.PrometheusStatus{}
		}
		return o, nil
	})}
}
