package rule

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promql/resultlabels"
	"github.com/promgate/promgate/validation"
)

var groupingLabel = validation.Check[*groupRule]{
	ID: "grouping-label", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An aggregation by a label that is gone",
		Text: `` + "`sum by (job, pod) (sum by (job) (x))`" + ` groups by a label that the inner aggregation has dropped: no series of it has a ` + "`pod`" + `, and
the result has none either.

Keep the label in the inner expression, or remove it from the outer ` + "`by (...)`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil {
			return nil
		}
		var found []validation.Finding
		for _, g := range r.labels.vainGroupings {
			problem := fmt.Sprintf("%s groups by the label %q, which no series has", g.by.Op, g.label)
			if dropper := taker(g.lacked); dropper != "" {
				problem += ": " + dropper + " drops it"
			}
			f := r.place("expr").Finding(problem, "keep the label there, or remove it here", validation.Key(g.label, g.by.String()))
			f.Excerpt = r.excerpt(g.by)
			found = append(found, f)
		}
		return found
	},
}

// vainGrouping is an aggregation by a label that its argument lacks.
type vainGrouping struct {
	by     *parser.AggregateExpr
	label  string
	lacked resultlabels.Value
}

// vainGroupingOf returns the first label by which an aggregation groups in vain. An argument that has no labels at all, such as
// vector(0), is looked at as well; one that has no series is not. Nor is a label that a matcher asks to be missing.
func vainGroupingOf(n *parser.AggregateExpr, of resultlabels.Set) (vainGrouping, bool) {
	if n.Without || of.None() != nil {
		return vainGrouping{}, false
	}
	for _, name := range n.Grouping {
		if slices.Contains([]string{model.MetricNameLabel, model.MetricTypeLabel, model.MetricUnitLabel}, name) {
			continue // what drops them depends on feature flags
		}
		v := of.Label(name)
		if _, asked := v.By.(*parser.VectorSelector); v.Impossible() && !asked {
			return vainGrouping{n, name, v}, true
		}
	}
	return vainGrouping{}, false
}
