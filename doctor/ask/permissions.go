package ask

import (
	"context"
	"fmt"

	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/live"
)

// askPermissions asks what promgate's ServiceAccounts may do.
func (g *gatherer) askPermissions(ctx context.Context) error {
	for _, q := range g.facts.Questions() {
		allowed, err := live.Permits(ctx, g.client, client.ObjectKey{Namespace: q.AccountNamespace, Name: q.Account}, authorizationv1.ResourceAttributes{
			Verb: q.Verb, Group: q.Group, Resource: q.Resource, Subresource: q.Subresource, Namespace: q.Namespace, Name: q.Name,
		})
		if apierrors.IsForbidden(err) {
			g.facts.Unread["subjectaccessreviews"] = "you may not create subjectaccessreviews"
			return nil
		}
		if err != nil {
			return fmt.Errorf("asking what %s/%s may do: %w", q.AccountNamespace, q.Account, err)
		}
		g.facts.Allowed[q] = allowed
	}
	return nil
}
