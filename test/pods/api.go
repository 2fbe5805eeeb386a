package pods

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

var (
	podResource            = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	nodeResource           = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	serviceResource        = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	secretResource         = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}
	configMapResource      = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	serviceAccountResource = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
	endpointSliceResource  = schema.GroupVersionResource{Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices"}
)

// tokenLife is longer than any test.
const tokenLife = 24 * time.Hour

// api is the part of the API that a kubelet and the controllers of Services use.
type api struct{ client dynamic.Interface }

// list returns all objects of a resource.
func list[T any](ctx context.Context, a api, resource schema.GroupVersionResource) ([]T, error) {
	listed, err := a.client.Resource(resource).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing the %s: %w", resource.Resource, err)
	}
	typed := make([]T, len(listed.Items))
	for i := range listed.Items {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(listed.Items[i].Object, &typed[i]); err != nil {
			return nil, fmt.Errorf("reading the %s: %w", resource.Resource, err)
		}
	}
	return typed, nil
}

// get reads one object into a value of its type.
func (a api) get(ctx context.Context, resource schema.GroupVersionResource, namespace, name string, into any) error {
	object, err := a.client.Resource(resource).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err //nolint:wrapcheck // callers ask whether it is missing
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, into)
}

// create creates an object, or a subresource of one. A nil answer is not wanted.
func (a api) create(ctx context.Context, resource schema.GroupVersionResource, object, answer any, subresources ...string) error {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return fmt.Errorf("writing %s: %w", resource.Resource, err)
	}
	u := &unstructured.Unstructured{Object: fields}
	created, err := a.client.Resource(resource).Namespace(u.GetNamespace()).Create(ctx, u, metav1.CreateOptions{}, subresources...)
	if err != nil || answer == nil {
		return err //nolint:wrapcheck // callers ask whether it exists already
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(created.Object, answer)
}

// replace overwrites an object, whatever its version is.
func (a api) replace(ctx context.Context, resource schema.GroupVersionResource, object any) error {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return fmt.Errorf("writing %s: %w", resource.Resource, err)
	}
	u := &unstructured.Unstructured{Object: fields}
	_, err = a.client.Resource(resource).Namespace(u.GetNamespace()).Update(ctx, u, metav1.UpdateOptions{})
	return err //nolint:wrapcheck // the caller says what it is
}

func (a api) createNode(ctx context.Context) error {
	err := a.create(ctx, nodeResource, &corev1.Node{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: nodeName},
	}, nil)
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("registering the node: %w", err)
	}
	return nil
}

// bind does what a scheduler does for a pod.
func (a api) bind(ctx context.Context, pod *corev1.Pod) error {
	err := a.create(ctx, podResource, &corev1.Binding{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Binding"},
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: nodeName},
	}, nil, "binding")
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("binding the pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}

// token returns a token of the pod's ServiceAccount.
func (a api) token(ctx context.Context, pod *corev1.Pod) (string, error) {
	seconds := int64(tokenLife.Seconds())
	request := authenticationv1.TokenRequest{
		TypeMeta:   metav1.TypeMeta{APIVersion: "authentication.k8s.io/v1", Kind: "TokenRequest"},
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Spec.ServiceAccountName},
		Spec: authenticationv1.TokenRequestSpec{
			ExpirationSeconds: &seconds,
			BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: pod.Name, UID: pod.UID},
		},
	}
	if err := a.create(ctx, serviceAccountResource, &request, &request, "token"); err != nil {
		return "", fmt.Errorf("making a token for the ServiceAccount %s: %w", pod.Spec.ServiceAccountName, err)
	}
	return request.Status.Token, nil
}

// patchStatus replaces the fields of a pod's status that are set.
func (a api) patchStatus(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": pod.UID}, "status": status})
	if err != nil {
		return fmt.Errorf("writing the status of a pod: %w", err)
	}
	_, err = a.client.Resource(podResource).Namespace(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		return fmt.Errorf("writing the status of the pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}

// remove deletes a pod whose processes have ended.
func (a api) remove(ctx context.Context, pod *corev1.Pod) error {
	err := a.client.Resource(podResource).Namespace(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: new(int64), Preconditions: &metav1.Preconditions{UID: &pod.UID},
	})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
		return fmt.Errorf("removing the pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}
