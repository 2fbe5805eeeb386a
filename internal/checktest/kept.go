package checktest

import (
	"context"
	"slices"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
)

// Kept lists the objects that a model keeps, in place of those of an API server.
type Kept struct{ *cluster.Model }

// Objects implements [review.Lister].
func (k Kept) Objects(_ context.Context, kind, namespace string, visit func(selection.Object) bool) error {
	refs := k.Refs(kind)
	slices.SortFunc(refs, selection.Ref.Compare)
	for _, ref := range refs {
		if (namespace == "" || ref.Namespace == namespace) && !visit(k.Object(ref)) {
			return nil
		}
	}
	return nil
}
