package cluster

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// A Digest holds of a monitor or a Service what the model holds of it. An informer may store
// it in the place of the object: the two then share it, and a monitor costs some 2 KB
// whatever its size.
type Digest struct {
	metav1.TypeMeta
	metav1.ObjectMeta // the identity alone; labels are in Monitor and Service

	Monitor *jobs.Monitor
	Service *jobs.Service
}

// DigestOf returns the digest of a monitor or a Service, and nil of any other object.
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

// DeepCopyObject implements [runtime.Object]. The copy shares what does not change.
func (d *Digest) DeepCopyObject() runtime.Object {
	c := *d
	return &c
}

// Identity returns as much of an object's metadata as an informer needs.
func Identity(o metav1.Object) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: o.GetNamespace(), Name: o.GetName(), UID: o.GetUID(), ResourceVersion: o.GetResourceVersion()}
}
