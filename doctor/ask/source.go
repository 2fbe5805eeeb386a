package ask

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/doctor"
	"github.com/promgate/promgate/internal/live"
)

// readSource reads what the certificate comes from. Of the Secret it reads the metadata alone: the key of the CA is
// none of the doctor's business.
func (g *gatherer) readSource(ctx context.Context) error {
	source := g.facts.Source()
	if namespace, name, ok := strings.Cut(source.Secret, "/"); ok {
		object := &metav1.PartialObjectMetadata{}
		object.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
		stored := &doctor.Stored{Namespace: namespace, Name: name}
		err := g.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object)
		if err != nil && !apierrors.IsNotFound(err) {
			return g.note("secrets", namespace, err)
		}
		stored.Exists, stored.Labels, stored.Annotations = err == nil, object.Labels, object.Annotations
		g.facts.Authority = stored
	}
	if namespace, name, ok := strings.Cut(source.Certificate, "/"); ok {
		object := &unstructured.Unstructured{}
		object.SetGroupVersionKind(schema.GroupVersionKind{Group: "cert-manager.io", Version: "v1", Kind: "Certificate"})
		err := g.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object)
		if err != nil && !apierrors.IsNotFound(err) && !meta.IsNoMatchError(err) {
			return g.note("certificates", namespace, err)
		}
		g.facts.Certificate = certificateIn(object, namespace, name, err == nil)
	}
	return nil
}

func certificateIn(object *unstructured.Unstructured, namespace, name string, exists bool) *doctor.Stored {
	stored := &doctor.Stored{Namespace: namespace, Name: name, Exists: exists}
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, c := range conditions {
		condition, ok := c.(map[string]any)
		if !ok || condition["type"] != "Ready" {
			continue
		}
		stored.Ready = condition["status"] == "True"
		stored.Reason, _ = condition["reason"].(string)
		stored.Message, _ = condition["message"].(string)
	}
	return stored
}

// askReplicas asks the pods of promgate for their metrics, through the API server.
func (g *gatherer) askReplicas(ctx context.Context) error {
	if !g.options.Connect || len(g.facts.Pods) == 0 {
		return nil
	}
	proxy, err := live.NewProxy(g.config)
	if err != nil {
		return err //nolint:wrapcheck // it says what failed
	}
	for _, p := range g.facts.Pods {
		port := httpsPort(p)
		if port == 0 || p.Status.Phase != corev1.PodRunning {
			continue
		}
		name := p.Namespace + "/" + p.Name
		body, err := proxy.Get(ctx, live.Pod{Namespace: p.Namespace, Name: p.Name, Port: port, TLS: true}, "/metrics", nil)
		if err != nil {
			g.facts.Replicas = append(g.facts.Replicas, doctor.Replica{Pod: name, Err: err.Error()})
			if apierrors.IsForbidden(err) {
				return nil
			}
			continue
		}
		g.facts.Replicas = append(g.facts.Replicas, doctor.ReplicaIn(name, string(body)))
	}
	return nil
}

// httpsPort returns the port https of a pod of promgate, or 0.
func httpsPort(p corev1.Pod) int {
	for _, c := range p.Spec.Containers {
		for _, port := range c.Ports {
			if port.Name == "https" {
				return int(port.ContainerPort)
			}
		}
	}
	return 0
}
