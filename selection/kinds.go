package selection

import (
	"reflect"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The names of the core kinds, for which the API has no constants.
const (
	NamespaceKind = "Namespace"
	ServiceKind   = "Service"
	SecretKind    = "Secret"
	ConfigMapKind = "ConfigMap"
)

// An Object is an object of the API, decoded into its Go type.
type Object interface {
	metav1.Object
	runtime.Object
}

// A Kind is one of the kinds of objects that promgate knows.
type Kind struct {
	schema.GroupVersionKind

	// Instance reports whether objects of the kind select others: Prometheus,
	// PrometheusAgent, ThanosRuler and Alertmanager.
	Instance bool

	// Selectable reports whether instances select objects of the kind.
	Selectable bool

	// Monitor reports whether objects of the kind claim jobs. Every monitor is selectable.
	Monitor bool

	// Notifies reports whether the kind is about what happens to an alert once it fires: Alertmanager, which is an
	// instance, and AlertmanagerConfig, which is selectable. [InstanceKinds] and [SelectableKinds] do not list them.
	Notifies bool

	empty func() Object
}

// New returns an empty object of the kind.
func (k Kind) New() Object { return k.empty() }

// IsOperators reports whether the kind is one of the operator's, not of Kubernetes itself.
func (k Kind) IsOperators() bool { return k.Instance || k.Selectable }

// IsStored reports whether the version of the kind is the one that is stored. Clusters serve it always, and the other
// version of AlertmanagerConfig only where the operator's webhook for conversion is installed.
func (k Kind) IsStored() bool {
	stored, _ := KindNamed(k.Kind)
	return stored.GroupVersionKind == k.GroupVersionKind
}

// Resource returns the name of the kind in addresses of the API, in rules of RBAC and in the name of its CRD:
// prometheuses, servicemonitors.
func (k Kind) Resource() string {
	plural, _ := meta.UnsafeGuessKindToResource(k.GroupVersionKind)
	return plural.Resource
}

// knownKinds is the table of kinds. Those that are selectable are in the order in which a
// configuration is put together.
var knownKinds = []Kind{
	{GroupVersionKind: stable(monitoringv1.PrometheusesKind), Instance: true, empty: func() Object { return &monitoringv1.Prometheus{} }},
	{GroupVersionKind: alpha(monitoringv1alpha1.PrometheusAgentsKind), Instance: true, empty: func() Object { return &monitoringv1alpha1.PrometheusAgent{} }},
	{GroupVersionKind: stable(monitoringv1.ThanosRulerKind), Instance: true, empty: func() Object { return &monitoringv1.ThanosRuler{} }},
	{GroupVersionKind: stable(monitoringv1.ServiceMonitorsKind), Selectable: true, Monitor: true, empty: func() Object { return &monitoringv1.ServiceMonitor{} }},
	{GroupVersionKind: stable(monitoringv1.PodMonitorsKind), Selectable: true, Monitor: true, empty: func() Object { return &monitoringv1.PodMonitor{} }},
	{GroupVersionKind: stable(monitoringv1.ProbesKind), Selectable: true, Monitor: true, empty: func() Object { return &monitoringv1.Probe{} }},
	{GroupVersionKind: alpha(monitoringv1alpha1.ScrapeConfigsKind), Selectable: true, Monitor: true, empty: func() Object { return &monitoringv1alpha1.ScrapeConfig{} }},
	{GroupVersionKind: stable(monitoringv1.PrometheusRuleKind), Selectable: true, empty: func() Object { return &monitoringv1.PrometheusRule{} }},
	{GroupVersionKind: stable(monitoringv1.AlertmanagersKind), Instance: true, Notifies: true, empty: func() Object { return &monitoringv1.Alertmanager{} }},
	{GroupVersionKind: alpha(monitoringv1alpha1.AlertmanagerConfigKind), Selectable: true, Notifies: true, empty: func() Object { return &monitoringv1alpha1.AlertmanagerConfig{} }},
	{GroupVersionKind: beta(monitoringv1beta1.AlertmanagerConfigKind), Selectable: true, Notifies: true, empty: func() Object { return &monitoringv1beta1.AlertmanagerConfig{} }},
	{GroupVersionKind: core(NamespaceKind), empty: func() Object { return &corev1.Namespace{} }},
	{GroupVersionKind: core(ServiceKind), empty: func() Object { return &corev1.Service{} }},
	{GroupVersionKind: core(SecretKind), empty: func() Object { return &corev1.Secret{} }},
	{GroupVersionKind: core(ConfigMapKind), empty: func() Object { return &corev1.ConfigMap{} }},
}

func stable(kind string) schema.GroupVersionKind {
	return monitoringv1.SchemeGroupVersion.WithKind(kind)
}

func alpha(kind string) schema.GroupVersionKind {
	return monitoringv1alpha1.SchemeGroupVersion.WithKind(kind)
}

func beta(kind string) schema.GroupVersionKind {
	return monitoringv1beta1.SchemeGroupVersion.WithKind(kind)
}

func core(kind string) schema.GroupVersionKind { return corev1.SchemeGroupVersion.WithKind(kind) }

var kindsByType = func() map[reflect.Type]Kind {
	kinds := make(map[reflect.Type]Kind, len(knownKinds))
	for _, k := range knownKinds {
		kinds[reflect.TypeOf(k.New())] = k
	}
	return kinds
}()

// AllKinds returns the table of kinds.
func AllKinds() []Kind { return slices.Clone(knownKinds) }

// SelectableKinds returns the kinds whose objects a Prometheus, PrometheusAgent or ThanosRuler selects.
func SelectableKinds() []Kind {
	return kindsWith(func(k Kind) bool { return k.Selectable && !k.Notifies })
}

// MonitorKinds returns the kinds whose objects claim jobs.
func MonitorKinds() []Kind { return kindsWith(func(k Kind) bool { return k.Monitor }) }

// InstanceKinds returns Prometheus, PrometheusAgent and ThanosRuler.
func InstanceKinds() []Kind {
	return kindsWith(func(k Kind) bool { return k.Instance && !k.Notifies })
}

func kindsWith(holds func(Kind) bool) []Kind {
	var kinds []Kind
	for _, k := range knownKinds {
		if holds(k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// KindOf returns the kind of an object, by its Go type: decoded objects often have no kind
// of their own.
func KindOf(object runtime.Object) (kind Kind, known bool) {
	kind, known = kindsByType[reflect.TypeOf(object)]
	return kind, known
}

// KindNamed returns the kind of that name. No two groups have kinds of one name here. Of a kind with several versions it
// returns the one that is stored.
func KindNamed(name string) (kind Kind, known bool) {
	i := slices.IndexFunc(knownKinds, func(k Kind) bool { return k.Kind == name })
	if i < 0 {
		return Kind{}, false
	}
	return knownKinds[i], true
}

// KindFor returns the kind of a group, version and name.
func KindFor(gvk schema.GroupVersionKind) (kind Kind, known bool) {
	i := slices.IndexFunc(knownKinds, func(k Kind) bool { return k.GroupVersionKind == gvk })
	if i < 0 {
		return Kind{}, false
	}
	return knownKinds[i], true
}

// NewMonitor returns an empty monitor of a kind, and nil if the kind is no monitor's.
func NewMonitor(kind string) Object {
	if k, known := KindNamed(kind); known && k.Monitor {
		return k.New()
	}
	return nil
}
