package watch

import (
	"fmt"
	"log/slog"
	"maps"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// A Sink gets the objects. It is called by several goroutines, one for each kind, and must
// not change the objects. [cluster.Model] is one.
type Sink interface {
	// Put adds an object or replaces it. The error says that the object cannot be used, which
	// is logged.
	Put(object selection.Object) error

	// Delete takes an object out.
	Delete(ref selection.Ref)

	// Forget takes all objects of a kind out, because the cluster does not have the kind any
	// more. It is not called for a watch that keeps them.
	Forget(kind string)
}

// extent is how much of an object is read and stored.
type extent int

const (
	whole    extent = iota
	spec            // spec and labels, and of the annotations the controller id
	digest          // what the model holds of it: [cluster.Digest]
	metadata        // name, labels and resource version
)

// forAdmission are the kinds that the webhooks have to know, with as little of each object
// as they need.
func forAdmission() map[string]extent {
	return map[string]extent{
		selection.NamespaceKind:                 metadata,
		selection.ServiceKind:                   digest,
		monitoringv1.PrometheusesKind:           spec,
		monitoringv1alpha1.PrometheusAgentsKind: spec,
		monitoringv1.ThanosRulerKind:            spec,
		monitoringv1.ServiceMonitorsKind:        digest,
		monitoringv1.PodMonitorsKind:            digest,
		monitoringv1.ProbesKind:                 digest,
		monitoringv1alpha1.ScrapeConfigsKind:    digest,
		monitoringv1.PrometheusRuleKind:         metadata,
	}
}

// forConfigurations are the kinds that configurations are made of. The content of Secrets
// and ConfigMaps is not read: their resource versions say when it has changed.
func forConfigurations() map[string]extent {
	return map[string]extent{
		selection.NamespaceKind:                 metadata,
		selection.ServiceKind:                   whole,
		monitoringv1.PrometheusesKind:           whole,
		monitoringv1alpha1.PrometheusAgentsKind: whole,
		monitoringv1.ServiceMonitorsKind:        whole,
		monitoringv1.PodMonitorsKind:            whole,
		monitoringv1.ProbesKind:                 whole,
		monitoringv1alpha1.ScrapeConfigsKind:    whole,
		monitoringv1.PrometheusRuleKind:         whole,
		selection.SecretKind:                    metadata,
		selection.ConfigMapKind:                 metadata,
	}
}

// New returns a watch that keeps the model of the webhooks in step. It needs a cache before
// it starts: see [Watch.Use]. The objects of a kind that vanishes are forgotten.
func New(model *cluster.Model, logger *slog.Logger) *Watch {
	return newWatch(model, forAdmission(), true, logger)
}

// NewObjects returns a watch of all objects that configurations are made of. The objects of
// a kind that vanishes stay.
func NewObjects(sink Sink, logger *slog.Logger) *Watch {
	return newWatch(sink, forConfigurations(), false, logger)
}

func newWatch(sink Sink, extents map[string]extent, forgets bool, logger *slog.Logger) *Watch {
	w := &Watch{sink: sink, forgets: forgets, logger: logger, now: time.Now, ticks: newTicks}
	for _, k := range selection.AllKinds() {
		if e, watched := extents[k.Kind]; watched {
			w.kinds = append(w.kinds, newKind(k, e))
		}
	}
	return w
}

func newKind(k selection.Kind, e extent) *kind {
	object, _ := k.New().(client.Object)
	if e == metadata {
		m := &metav1.PartialObjectMetadata{}
		m.SetGroupVersionKind(k.GroupVersionKind)
		object = m
	}
	return &kind{name: k.Kind, group: k.GroupVersion(), object: object, extent: e, unserved: make(chan struct{}, 1)}
}

// Scheme returns the kinds that are watched.
func Scheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, monitoringv1.AddToScheme, monitoringv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("making the scheme: %w", err)
		}
	}
	return scheme, nil
}

// Options returns those of a cache that stores what promgate needs, and nothing else. It
// notes when the API server was last heard.
func (w *Watch) Options() ctrlcache.Options {
	return ctrlcache.Options{
		DefaultTransform: w.stripped,
		NewInformer: func(source cache.ListerWatcher, object runtime.Object, resync time.Duration, indexers cache.Indexers) cache.SharedIndexInformer {
			return cache.NewSharedIndexInformer(w.tapped(source, object), object, resync, indexers)
		},
	}
}

<<<<<<< HEAD
// stripped returns what is stored of an object.
func (w *Watch) stripped(stored any) (any, error) {
	object, ok := stored.(selection.Object)
	if !ok {
		return stored, nil
=======
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
		return &stored{ObjectMeta: identity(o), service: jobs.ServiceOf(o)}, nil
	case selection.Object:
		if m := jobs.MonitorOf(o); m != nil {
			return &stored{ObjectMeta: identity(o), monitor: m}, nil
		}
>>>>>>> e9ad95fdbf6f1ab710d770cb283780044c0ab165
	}
	k := w.kindOf(object)
	if k == nil {
		return stored, nil
	}
	switch k.extent {
	case digest:
		if d := cluster.DigestOf(object); d != nil {
			return d, nil
		}
	case metadata:
		if m, ok := object.(*metav1.PartialObjectMetadata); ok {
			labels := labelsOf(m)
			m.ObjectMeta = cluster.Identity(m)
			m.Labels = labels
		}
	case spec:
		id, hasID := object.GetAnnotations()[selection.ControllerID]
		object.SetAnnotations(nil)
		object.SetOwnerReferences(nil)
		object.SetFinalizers(nil)
		if hasID {
			object.SetAnnotations(map[string]string{selection.ControllerID: id})
		}
	case whole:
	}
	object.SetManagedFields(nil)
	dropStatus(object)
	return object, nil
}

// dropStatus takes away what nothing is made of.
func dropStatus(object selection.Object) {
	switch o := object.(type) {
	case *corev1.Service:
		o.Status, o.Annotations = corev1.ServiceStatus{}, nil
	case *monitoringv1.Prometheus:
		o.Status = monitoringv1.PrometheusStatus{}
	case *monitoringv1alpha1.PrometheusAgent:
		o.Status = monitoringv1.PrometheusStatus{}
	case *monitoringv1.ThanosRuler:
		o.Status = monitoringv1.ThanosRulerStatus{}
	}
}

<<<<<<< HEAD
// labelsOf returns the labels of what is watched by its metadata. Nobody selects Secrets and
// ConfigMaps by theirs.
func labelsOf(m *metav1.PartialObjectMetadata) map[string]string {
	if m.Kind == selection.SecretKind || m.Kind == selection.ConfigMapKind {
		return nil
	}
	return m.Labels
=======
// stored stands in the informer's store for an object of which the state holds all that
// counts. The two share it.
type stored struct {
	metav1.TypeMeta
	metav1.ObjectMeta

	monitor *jobs.Monitor
	service *jobs.Service
}

// DeepCopyObject copies what may change.
func (s *stored) DeepCopyObject() runtime.Object {
	c := *s
	return &c
}

// identity is what an informer needs.
func identity(o metav1.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: o.GetNamespace(), Name: o.GetName(), UID: o.GetUID(), ResourceVersion: o.GetResourceVersion()}
>>>>>>> e9ad95fdbf6f1ab710d770cb283780044c0ab165
}

func sameLabels(a, b client.Object) bool {
	return maps.Equal(a.GetLabels(), b.GetLabels()) && a.GetAnnotations()[selection.ControllerID] == b.GetAnnotations()[selection.ControllerID]
}
<<<<<<< HEAD
=======

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
				s.Index().SetMonitor(&jobs.Monitor{Ref: ref(m), Labels: m.Labels})
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
		name: name, group: group, object: selection.NewMonitor(name),
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
>>>>>>> e9ad95fdbf6f1ab710d770cb283780044c0ab165
