package audit

import (
	"context"
	"fmt"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/file"
)

// malformed reports the objects that do not decode. The checks name the field; an instance has none.
func (a *auditor) malformed(ctx context.Context) error {
	for _, m := range a.Malformed {
		kind, checked := a.begin(m.Ref)
		if checked {
			if err := a.reviewRaw(ctx, kind, m.Ref, m.Object); err != nil {
				return err
			}
			found := a.found[m.Ref]
			for i := range found {
				found[i].Problem += "; " + consequence(m.Ref)
			}
			continue
		}
		f := validation.Place{}.Finding(m.Err.Error()+"; "+consequence(m.Ref), "compare it with the schema of the operator's CRD", m.Err.Error())
		f.Check = file.UnusableInstance
		a.add(m.Ref, []validation.Finding{f})
	}
	return nil
}

// consequence says what one such object does to the others: the operator's client decodes the list of
// a kind as a whole.
func consequence(ref selection.Ref) string {
	return fmt.Sprintf("with this object in the cluster the operator cannot list any %s, and misses changes to all of them", ref.Kind)
}
