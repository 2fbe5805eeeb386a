package audit

import (
	"context"
	"fmt"

	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/selection"
)

// malformed reports the objects that do not decode. The checks name the field.
func (a *auditor) malformed(ctx context.Context) error {
	for _, m := range a.Malformed {
		kind, checked := a.begin(m.Ref)
		if !checked {
			continue
		}
		if err := a.reviewOne(ctx, review.Request{Kind: kind, Namespace: m.Ref.Namespace, Name: m.Ref.Name, Object: m.Object}, m.Ref); err != nil {
			return err
		}
		found := a.found[m.Ref]
		for i := range found {
			found[i].Problem += "; " + consequence(m.Ref)
		}
	}
	return nil
}

// consequence says what one such object does to the others: the operator's client decodes the list of
// a kind as a whole.
func consequence(ref selection.Ref) string {
	return fmt.Sprintf("with this object in the cluster the operator cannot list any %s, and misses changes to all of them", ref.Kind)
}
