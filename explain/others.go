package explain

import (
	"fmt"
	"slices"

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// harmful returns the other objects because of which Prometheus would refuse the configuration as a
// whole, if the operator does not leave them out.
func (e *explainer) harmful(i *instance, r *render.Result) []string {
	judge := i.Snapshot().Judge
	if judge == nil {
		return nil
	}
	var found []string
	for _, left := range r.LeftOut {
		ref := selection.Ref{Kind: left.Kind, Namespace: left.Namespace, Name: left.Name}
		leavesOut := func(f validation.Finding) bool { return f.LeavesOut } // as the operator certainly does
		if !slices.ContainsFunc(left.Findings, leavesOut) && len(judge.Object(e.model.Object(ref)).Refused) > 0 {
			found = append(found, ref.String()+": "+problemOf(left.Findings))
		}
	}
	if more := len(found) - maxListed; more > 0 {
		found = append(found[:maxListed], fmt.Sprintf("and %d more: promgate audit lists them", more))
	}
	return found
}

// explainOthers is about other objects that may keep Prometheus from loading its configuration. Where
// Prometheus says that it could, there is nothing to say. Whether the operator leaves them out is not
// known.
func (e *explainer) explainOthers() {
	e.section = "Other objects"
	for _, i := range e.instances {
		if i.included && !i.loaded && len(i.harmful) > 0 {
			e.unknown("others", fmt.Sprintf("%s may refuse its whole configuration because of other objects, unless the operator leaves them out. Until then it keeps an older one, without this object.", i.Ref), i.harmful...)
		}
	}
}
