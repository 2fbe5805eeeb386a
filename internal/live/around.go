package live

import (
	"context"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Around reads what is behind the objects of a cluster: EndpointSlices and pods. Its errors are those of
// the API server.
type Around struct{ Client client.Client }

// EndpointSlices returns those of a Service.
func (a Around) EndpointSlices(ctx context.Context, namespace, service string) ([]discoveryv1.EndpointSlice, error) {
	list := &discoveryv1.EndpointSliceList{}
	err := a.Client.List(ctx, list, client.InNamespace(namespace), client.MatchingLabels{discoveryv1.LabelServiceName: service})
	return list.Items, err //nolint:wrapcheck // the caller looks at it
}

// Pods returns the pods that a selector matches, in a namespace or, if that is empty, in all of them.
func (a Around) Pods(ctx context.Context, namespace string, selector labels.Selector) ([]corev1.Pod, error) {
	var pods []corev1.Pod
	token := ""
	for {
		page := &corev1.PodList{}
		if err := a.Client.List(ctx, page, client.InNamespace(namespace), client.MatchingLabelsSelector{Selector: selector}, client.Limit(pageSize), client.Continue(token)); err != nil {
			return pods, err //nolint:wrapcheck // the caller looks at it
		}
		pods = append(pods, page.Items...)
		if token = page.Continue; token == "" {
			return pods, nil
		}
	}
}

// May reports whether a service account may list the objects of a resource in a namespace or, if that is
// empty, in all of them.
func (a Around) May(ctx context.Context, account client.ObjectKey, group, resource, namespace string) (bool, error) {
	return Permits(ctx, a.Client, account, authorizationv1.ResourceAttributes{Verb: "list", Group: group, Resource: resource, Namespace: namespace})
}

// Permits asks whether a service account may do something. It stores nothing: a SubjectAccessReview is a question.
func Permits(ctx context.Context, c client.Client, account client.ObjectKey, what authorizationv1.ResourceAttributes) (bool, error) {
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:               fmt.Sprintf("system:serviceaccount:%s:%s", account.Namespace, account.Name),
		Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:" + account.Namespace, "system:authenticated"},
		ResourceAttributes: &what,
	}}
	err := c.Create(ctx, review)
	return review.Status.Allowed, err //nolint:wrapcheck // the caller looks at it
}
