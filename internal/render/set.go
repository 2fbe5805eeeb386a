package render

import (
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

// A Set is the objects of a cluster, as far as they matter for configurations. An
// object that is added again replaces the one before. Objects are not changed.
type Set struct {
	objects map[string]map[types.NamespacedName]selection.Object // by kind
}

// NewSet makes an empty set.
func NewSet() *Set {
	return &Set{objects: map[string]map[types.NamespacedName]selection.Object{}}
}

// NewObject returns an empty object of a kind that a configuration is made of, and nil if the
// kind is another.
func NewObject(gvk schema.GroupVersionKind) runtime.Object {
	kind, known := selection.KindFor(gvk)
	if !known || !isRendered(kind.Kind) {
		return nil
	}
	return kind.New()
}

// isRendered reports whether configurations are made of objects of a kind.
func isRendered(kind string) bool {
	switch kind {
	case "", monitoringv1.ThanosRulerKind, selection.ServiceKind:
		return false
	}
	return true
}

// Add puts an object into the set. Of a kind that no configuration is made of, it is
// an error.
func (s *Set) Add(object runtime.Object) error {
	o, ok := object.(selection.Object)
	if !ok || !isRendered(selection.RefOf(o).Kind) {
		return fmt.Errorf("no configuration is made of a %T", object)
	}
	s.put(selection.RefOf(o), o)
	return nil
}

func (s *Set) put(ref selection.Ref, o selection.Object) {
	if s.objects[ref.Kind] == nil {
		s.objects[ref.Kind] = map[types.NamespacedName]selection.Object{}
	}
	s.objects[ref.Kind][ref.NamespacedName()] = o
}

func (s *Set) delete(ref selection.Ref) {
	delete(s.objects[ref.Kind], ref.NamespacedName())
}

func (s *Set) get(ref selection.Ref) selection.Object {
	return s.objects[ref.Kind][ref.NamespacedName()]
}

// Prometheuses are the names of all Prometheus and PrometheusAgent objects.
func (s *Set) Prometheuses() []types.NamespacedName {
	return slices.AppendSeq(slices.Collect(maps.Keys(s.objects[monitoringv1.PrometheusesKind])),
		maps.Keys(s.objects[monitoringv1alpha1.PrometheusAgentsKind]))
}

// SecretKey implements [promconfig.Assets]. stringData counts as if it were stored.
func (s *Set) SecretKey(namespace, name, key string) ([]byte, bool) {
	secret, ok := s.get(selection.Ref{Kind: selection.SecretKind, Namespace: namespace, Name: name}).(*corev1.Secret)
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
	configMap, ok := s.get(selection.Ref{Kind: selection.ConfigMapKind, Namespace: namespace, Name: name}).(*corev1.ConfigMap)
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
	if n := s.get(selection.Ref{Kind: selection.NamespaceKind, Name: name}); n != nil {
		maps.Copy(labels, n.GetLabels())
	}
	labels[corev1.LabelMetadataName] = name
	return labels
}
