package cluster

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// A Digest holds what the model needs of a monitor, a rule or a Service. An informer may store it in
// place of the object. Model and informer then share it, and a monitor takes some 2 KB whatever its size.
type Digest struct {
	metav1.TypeMeta
	metav1.ObjectMeta // name, namespace and versions; the labels are in Monitor and Service

	Monitor *jobs.Monitor // a rule is held as one without claims
	Rules   *records.Object
	Service *jobs.Service
}

// DigestOf returns the digest of a monitor, a rule or a Service, and nil for any other object.
func DigestOf(object selection.Object) *Digest {
	d := &Digest{ObjectMeta: Identity(object)}
	switch o := object.(type) {
	case *corev1.Service:
		d.Service = jobs.ServiceOf(o)
		d.Kind = selection.ServiceKind
		return d
	case *monitoringv1.PrometheusRule:
		d.Rules = records.Of(o, validation.Permissive().PromQL)
		d.Monitor = &jobs.Monitor{Ref: d.Rules.Ref, Labels: o.Labels}
		d.Kind = monitoringv1.PrometheusRuleKind
		return d
	}
	d.Monitor = jobs.MonitorOf(object)
	if d.Monitor == nil {
		return nil
	}
	d.Kind = d.Monitor.Kind
	return d
}

// DeepCopyObject implements [runtime.Object]. The copy shares the parts that are never changed.
func (d *Digest) DeepCopyObject() runtime.Object {
	c := *d
	return &c
}

// Identity returns the part of an object's metadata that an informer needs.
func Identity(o metav1.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: o.GetNamespace(), Name: o.GetName(), UID: o.GetUID(), ResourceVersion: o.GetResourceVersion()}
}
