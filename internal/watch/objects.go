package watch

import (
	"log/slog"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/selection"
)

// A Sink takes objects whole, as the API server has them. It is called by several
// goroutines, and must not change the objects.
type Sink interface {
	Put(object selection.Object)
	Delete(ref selection.Ref)

	// Asset is told that a Secret or a ConfigMap has another resource version, or is gone
	// (""). Their content is not read.
	Asset(kind, namespace, name, resourceVersion string)
}

// NewObjects makes a watch of all objects that configurations are made of. A kind that
// vanishes keeps the objects that it had.
func NewObjects(sink Sink, logger *slog.Logger) *Watch {
	var kinds []*kind
	for _, k := range selection.AllKinds() {
		switch k.Kind {
		case monitoringv1.ThanosRulerKind: // no configuration is made of one
		case selection.SecretKind, selection.ConfigMapKind:
			kinds = append(kinds, version(sink, k))
		default:
			kinds = append(kinds, whole(sink, k))
		}
	}
	for _, k := range kinds {
		k.unserved = make(chan struct{}, 1)
	}
	return &Watch{logger: logger, kinds: kinds, transform: stripped, now: time.Now, ticks: ticks}
}

func whole(sink Sink, of selection.Kind) *kind {
	return &kind{
		name: of.Kind, group: of.GroupVersion(), object: of.New(),
		put: func(o any) error {
			if object, ok := o.(selection.Object); ok {
				sink.Put(object)
			}
			return nil
		},
		delete: func(o client.Object) {
			sink.Delete(selection.Ref{Kind: of.Kind, Namespace: o.GetNamespace(), Name: o.GetName()})
		},
	}
}

// version watches only the metadata of a kind.
func version(sink Sink, of selection.Kind) *kind {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(of.GroupVersionKind)
	return &kind{
		name: of.Kind, group: of.GroupVersion(), object: object,
		put: func(o any) error {
			if m, ok := o.(*metav1.PartialObjectMetadata); ok {
				sink.Asset(of.Kind, m.Namespace, m.Name, m.ResourceVersion)
			}
			return nil
		},
		delete: func(o client.Object) { sink.Asset(of.Kind, o.GetNamespace(), o.GetName(), "") },
	}
}

// stripped takes away what nothing is made of.
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
