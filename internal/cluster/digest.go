package cluster

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// A Digest holds what the model needs of a monitor or a Service. An informer may store it in place
// of the object. Model and informer then share it, and a monitor takes some 2 KB whatever its size.
type Digest struct {
	metav1.TypeMeta
	metav1.ObjectMeta // name, namespace and versions; the labels are in Monitor and Service

	Monitor *jobs.Monitor
	Service *jobs.Service
}

// DigestOf returns the digest of a monitor or a Service, and nil for any other object.
func DigestOf(object selection.Object) *Digest {
	d := &Digest{ObjectMeta: Identity(object)}
	if service, ok := object.(*corev1.Service); ok {
		d.Service = jobs.ServiceOf(service)
		d.Kind = selection.ServiceKind
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
