package ask

import (
	"context"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// askPermissions asks what promgate's ServiceAccounts may do. A SubjectAccessReview is not stored.
func (g *gatherer) askPermissions(ctx context.Context) error {
	for _, q := range g.facts.Questions() {
		review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
			User:   fmt.Sprintf("system:serviceaccount:%s:%s", q.AccountNamespace, q.Account),
			Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + q.AccountNamespace, "system:authenticated"},
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Verb: q.Verb, Group: q.Group, Resource: q.Resource, Subresource: q.Subresource, Namespace: q.Namespace, Name: q.Name,
			},
		}}
		err := g.client.Create(ctx, review)
		if apierrors.IsForbidden(err) {
			g.facts.Unread["subjectaccessreviews"] = "you may not create subjectaccessreviews"
			return nil
		}
		if err != nil {
			return fmt.Errorf("asking what %s/%s may do: %w", q.AccountNamespace, q.Account, err)
		}
		g.facts.Allowed[q] = review.Status.Allowed
	}
	return nil
}
