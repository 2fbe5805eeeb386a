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
	"github.com/promgate/promgate/selection"
)

// A Sink receives the objects. It is called by several goroutines, one for each kind, and must not
// change the objects. [cluster.Model] is a Sink.
type Sink interface {
	// Put adds an object or replaces it. An error means that the object cannot be used; the watch
	// logs it.
	Put(object selection.Object) error

	// Delete removes an object.
	Delete(ref selection.Ref)

	// Forget removes all objects of a kind, because the cluster no longer has the kind. It is not
	// called for a watch that keeps them.
	Forget(kind string)
}

// extent is how much of an object is read and stored.
type extent int

const (
	whole    extent = iota
	spec            // spec, labels, and the annotation with the controller id
	digest          // the digest that the model keeps: [cluster.Digest]
	metadata        // name, labels and resource version
)

// forAdmission are the kinds that the webhooks have to know, with as little of each object as they
// need.
func forAdmission() map[string]extent {
	return map[string]extent{
		selection.NamespaceKind:                 metadata,
		selection.ServiceKind:                   digest,
		monitoringv1.PrometheusesKind:           spec,
		monitoringv1alpha1.PrometheusAgentsKind: spec,
		monitoringv1.ThanosRulerKind:            spec,
		monitoringv1.AlertmanagersKind:          spec,
		monitoringv1.ServiceMonitorsKind:        digest,
		monitoringv1.PodMonitorsKind:            digest,
		monitoringv1.ProbesKind:                 digest,
		monitoringv1alpha1.ScrapeConfigsKind:    digest,
		monitoringv1.PrometheusRuleKind:         digest,

		monitoringv1alpha1.AlertmanagerConfigKind: metadata,
	}
}

// forConfigurations are the kinds that configurations are made from. The content of Secrets and
// ConfigMaps is not read: a new resource version shows that it changed.
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

// New returns a watch that keeps the model of the webhooks in step. It needs a cache before it
// starts: see [Watch.Use]. The objects of a kind that vanishes are forgotten.
func New(model *cluster.Model, logger *slog.Logger) *Watch {
	return newWatch(model, forAdmission(), true, logger)
}

// NewObjects returns a watch of all objects that configurations are made from. The objects of a
// kind that vanishes stay.
func NewObjects(sink Sink, logger *slog.Logger) *Watch {
	return newWatch(sink, forConfigurations(), false, logger)
}

func newWatch(sink Sink, extents map[string]extent, forgets bool, logger *slog.Logger) *Watch {
	w := &Watch{sink: sink, forgets: forgets, logger: logger, now: time.Now, ticks: newTicks}
	for _, k := range selection.AllKinds() {
		if e, watched := extents[k.Kind]; watched && k.IsStored() {
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

// Options returns the options of a cache that stores only what promgate needs, and that records
// when the API server was last heard.
func (w *Watch) Options() ctrlcache.Options {
	return ctrlcache.Options{
		DefaultTransform: w.stripped,
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

// stripped returns the part of an object that is stored.
func (w *Watch) stripped(stored any) (any, error) {
	object, ok := stored.(selection.Object)
	if !ok {
		return stored, nil
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

// dropStatus removes the status, which no configuration depends on.
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
	case *monitoringv1.Alertmanager:
		o.Status = monitoringv1.AlertmanagerStatus{}
	}
}

// labelsOf returns the labels of an object that is watched by its metadata. Secrets and ConfigMaps
// are not selected by label, so theirs are dropped.
func labelsOf(m *metav1.PartialObjectMetadata) map[string]string {
	if m.Kind == selection.SecretKind || m.Kind == selection.ConfigMapKind {
		return nil
	}
	return m.Labels
}

func sameLabels(a, b client.Object) bool {
	return maps.Equal(a.GetLabels(), b.GetLabels()) && a.GetAnnotations()[selection.ControllerID] == b.GetAnnotations()[selection.ControllerID]
}
