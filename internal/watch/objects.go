package watch

import (
	"log/slog"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

// A Sink receives whole objects, as the API server has them. Several goroutines call it, and
// it must not change the objects.
type Sink interface {
	Put(object selection.Object)
	Delete(ref selection.Ref)

	// Asset is called when a Secret or a ConfigMap has another resource version, or is
	// deleted (""). Their content is not read.
	Asset(kind, namespace, name, resourceVersion string)
}

// NewObjects returns a watch of all objects that configurations are made of. The objects of a
// kind that vanishes are kept.
func NewObjects(sink Sink, logger *slog.Logger) *Watch {
	kinds := []*kind{
		whole(sink, corev1.SchemeGroupVersion, "Namespace", &corev1.Namespace{}),
		whole(sink, corev1.SchemeGroupVersion, "Service", &corev1.Service{}),
		whole(sink, monitoringv1.SchemeGroupVersion, monitoringv1.PrometheusesKind, &monitoringv1.Prometheus{}),
		whole(sink, monitoringv1alpha1.SchemeGroupVersion, monitoringv1alpha1.PrometheusAgentsKind, &monitoringv1alpha1.PrometheusAgent{}),
		whole(sink, monitoringv1.SchemeGroupVersion, monitoringv1.ServiceMonitorsKind, &monitoringv1.ServiceMonitor{}),
		whole(sink, monitoringv1.SchemeGroupVersion, monitoringv1.PodMonitorsKind, &monitoringv1.PodMonitor{}),
		whole(sink, monitoringv1.SchemeGroupVersion, monitoringv1.ProbesKind, &monitoringv1.Probe{}),
		whole(sink, monitoringv1alpha1.SchemeGroupVersion, monitoringv1alpha1.ScrapeConfigsKind, &monitoringv1alpha1.ScrapeConfig{}),
		whole(sink, monitoringv1.SchemeGroupVersion, monitoringv1.PrometheusRuleKind, &monitoringv1.PrometheusRule{}),
		version(sink, "Secret"),
		version(sink, "ConfigMap"),
	}
	for _, k := range kinds {
		k.unserved = make(chan struct{}, 1)
	}
	return &Watch{logger: logger, kinds: kinds, transform: stripped, now: time.Now, ticks: ticks}
}

func whole(sink Sink, group schema.GroupVersion, name string, object client.Object) *kind {
	return &kind{
		name: name, group: group, object: object,
		put: func(o any) error {
			if object, ok := o.(selection.Object); ok {
				sink.Put(object)
			}
			return nil
		},
		delete: func(o client.Object) {
			sink.Delete(selection.Ref{Kind: name, Namespace: o.GetNamespace(), Name: o.GetName()})
		},
	}
}

// version returns a kind of which only the metadata is read.
func version(sink Sink, name string) *kind {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(name))
	return &kind{
		name: name, group: corev1.SchemeGroupVersion, object: object,
		put: func(o any) error {
			if m, ok := o.(*metav1.PartialObjectMetadata); ok {
				sink.Asset(name, m.Namespace, m.Name, m.ResourceVersion)
			}
			return nil
		},
		delete: func(o client.Object) { sink.Asset(name, o.GetNamespace(), o.GetName(), "") },
	}
}

// stripped removes what no configuration is made of.
func stripped(object any) (any, error) {
	o, ok := object.(metav1.Object)
	if !ok {
		return object, nil
	}
	o.SetManagedFields(nil)
	switch o := object.(type) {
	case *metav1.PartialObjectMetadata:
		o.ObjectMeta = identity(o)
	case *corev1.Service:
		o.Status, o.Annotations = corev1.ServiceStatus{}, nil
	case *monitoringv1.Prometheus:
		o.Status = monitoringv1.PrometheusStatus{}
	case *monitoringv1alpha1.PrometheusAgent:
		o.Status = monitoringv1.PrometheusStatus{}
	}
	return object, nil
}
