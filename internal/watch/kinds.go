package watch

import (
	"fmt"
	"maps"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
)

// Scheme is the kinds that are watched. Of namespaces only the metadata is read.
func Scheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, monitoringv1.AddToScheme, monitoringv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("making the scheme: %w", err)
		}
	}
	return scheme, nil
}

// Options make a cache that holds what promgate needs, and nothing else: names and
// labels of namespaces, the spec of Prometheus objects, and of monitors and Services
// what the state holds of them anyway. It notes when the API server was last heard.
func (w *Watch) Options() ctrlcache.Options {
	return ctrlcache.Options{
		DefaultTransform: w.transform,
		NewInformer: func(source cache.ListerWatcher, object runtime.Object, resync time.Duration, indexers cache.Indexers) cache.SharedIndexInformer {
			k := w.kindOf(object)
			if k == nil {
				return cache.NewSharedIndexInformer(source, object, resync, indexers)
			}
			informer := cache.NewSharedIndexInformer(w.tapped(source, k), object, resync, indexers)
			k.informer.Store(&informer)
			return informer
		},
	}
}

// lean strips an object before it is stored.
func lean(object any) (any, error) {
	switch o := object.(type) {
	case *metav1.PartialObjectMetadata:
		strip(&o.ObjectMeta)
	case *monitoringv1.Prometheus:
		strip(&o.ObjectMeta)
		o.Status = monitoringv1.PrometheusStatus{}
	case *monitoringv1.ThanosRuler:
		strip(&o.ObjectMeta)
		o.Status = monitoringv1.ThanosRulerStatus{}
	case *monitoringv1alpha1.PrometheusAgent:
		strip(&o.ObjectMeta)
		o.Status = monitoringv1.PrometheusStatus{}
	case *corev1.Service:
		return &stored{ObjectMeta: identity(o), service: selection.ServiceOf(o)}, nil
	case selection.Object:
		if m := selection.MonitorOf(o); m != nil {
			return &stored{ObjectMeta: identity(o), monitor: m}, nil
		}
	}
	return object, nil
}

func strip(m *metav1.ObjectMeta) {
	id, shared := m.Annotations[selection.ControllerID]
	m.Annotations, m.ManagedFields, m.OwnerReferences, m.Finalizers = nil, nil, nil, nil
	if shared {
		m.Annotations = map[string]string{selection.ControllerID: id} // it says whose it is
	}
}

// stored stands in the informer's store for an object of which the state holds all that
// counts. The two share it.
type stored struct {
	metav1.TypeMeta
	metav1.ObjectMeta

	monitor *selection.Monitor
	service *selection.Service
}

// DeepCopyObject copies what may change.
func (s *stored) DeepCopyObject() runtime.Object {
	c := *s
	return &c
}

// identity is what an informer needs.
func identity(o metav1.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: o.GetNamespace(), Name: o.GetName(), UID: o.GetUID(), ResourceVersion: o.GetResourceVersion()}
}

func sameLabels(a, b client.Object) bool {
	return maps.Equal(a.GetLabels(), b.GetLabels()) && a.GetAnnotations()[selection.ControllerID] == b.GetAnnotations()[selection.ControllerID]
}

func kinds(s *cluster.State) []*kind {
	all := allKinds(s)
	for _, k := range all {
		k.unserved = make(chan struct{}, 1)
	}
	return all
}

func allKinds(s *cluster.State) []*kind {
	namespace := &metav1.PartialObjectMetadata{}
	namespace.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	return []*kind{
		{
			name: "Namespace", group: corev1.SchemeGroupVersion, object: namespace,
			put: func(o any) error {
				if m, ok := o.(*metav1.PartialObjectMetadata); ok {
					s.PutNamespace(m.Name, m.Labels)
				}
				return nil
			},
			delete: func(o client.Object) { s.DeleteNamespace(o.GetName()) },
		},
		selecting(s, monitoringv1.SchemeGroupVersion, monitoringv1.PrometheusesKind, &monitoringv1.Prometheus{}),
		selecting(s, monitoringv1alpha1.SchemeGroupVersion, monitoringv1alpha1.PrometheusAgentsKind, &monitoringv1alpha1.PrometheusAgent{}),
		selecting(s, monitoringv1.SchemeGroupVersion, monitoringv1.ThanosRulerKind, &monitoringv1.ThanosRuler{}),
		monitors(s, monitoringv1.SchemeGroupVersion, monitoringv1.ServiceMonitorsKind),
		monitors(s, monitoringv1.SchemeGroupVersion, monitoringv1.PodMonitorsKind),
		monitors(s, monitoringv1.SchemeGroupVersion, monitoringv1.ProbesKind),
		monitors(s, monitoringv1alpha1.SchemeGroupVersion, monitoringv1alpha1.ScrapeConfigsKind),
		rules(s),
		{
			name: "Service", group: corev1.SchemeGroupVersion, object: &corev1.Service{},
			put: func(o any) error {
				if kept, ok := o.(*stored); ok {
					s.Index().SetService(kept.service)
				}
				return nil
			},
			delete: func(o client.Object) { s.Index().DeleteService(o.GetNamespace(), o.GetName()) },
		},
	}
}

// selecting is a kind whose objects select others.
func selecting(s *cluster.State, group schema.GroupVersion, name string, object client.Object) *kind {
	return &kind{
		name: name, group: group, object: object,
		put: func(o any) error {
			switch p := o.(type) {
			case *monitoringv1.Prometheus:
				return s.PutPrometheus(p) //nolint:wrapcheck // it says which
			case *monitoringv1alpha1.PrometheusAgent:
				return s.PutAgent(p) //nolint:wrapcheck // the same
			case *monitoringv1.ThanosRuler:
				return s.PutRuler(p) //nolint:wrapcheck // the same
			}
			return nil
		},
		delete: func(o client.Object) {
			s.DeleteMember(cluster.Name{NamespacedName: types.NamespacedName{Namespace: o.GetNamespace(), Name: o.GetName()}, Kind: name})
		},
		forget: func() { s.Forget(name) },
	}
}

// rules are told by their labels alone: whether anybody selects them is all that is asked.
func rules(s *cluster.State) *kind {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusRuleKind))
	ref := func(o client.Object) selection.Ref {
		return selection.Ref{Kind: monitoringv1.PrometheusRuleKind, Namespace: o.GetNamespace(), Name: o.GetName()}
	}
	return &kind{
		name: monitoringv1.PrometheusRuleKind, group: monitoringv1.SchemeGroupVersion, object: object,
		put: func(o any) error {
			if m, ok := o.(*metav1.PartialObjectMetadata); ok {
				s.Index().SetMonitor(&selection.Monitor{Ref: ref(m), Labels: m.Labels})
			}
			return nil
		},
		delete: func(o client.Object) { s.Index().DeleteMonitor(ref(o)) },
		forget: func() { s.Forget(monitoringv1.PrometheusRuleKind) },
	}
}

// monitors is a kind whose objects claim jobs.
func monitors(s *cluster.State, group schema.GroupVersion, name string) *kind {
	return &kind{
		name: name, group: group, object: selection.NewObject(name),
		put: func(o any) error {
			if kept, ok := o.(*stored); ok {
				s.Index().SetMonitor(kept.monitor)
				// The index keeps a copy that shares its words with others. One is enough.
				if shared := s.Index().Monitor(kept.monitor.Ref); shared != nil {
					kept.monitor = shared
				}
			}
			return nil
		},
		delete: func(o client.Object) {
			s.Index().DeleteMonitor(selection.Ref{Kind: name, Namespace: o.GetNamespace(), Name: o.GetName()})
		},
		forget: func() { s.Forget(name) },
	}
}
