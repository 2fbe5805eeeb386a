package rule

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promql/resultlabels"
	"github.com/promgate/promgate/validation"
)

var vectorMatch = validation.Check[*groupRule]{
	ID: "vector-match", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The two sides of an operation never match",
		Text: `An operation on two vectors pairs series whose labels are equal: all labels, or those that ` + "`on (...)`" + ` names, or all
but those that ` + "`ignoring (...)`" + ` names. Here one label can never be equal on both sides, so that the operation
gives nothing, and an alert on it never fires:

- Two selectors ask for different values: ` + "`x{code=\"500\"} / x{code=\"200\"}`" + ` needs ` + "`ignoring (code)`" + `.
- One side has lost the labels ` + "`job` and `instance`" + `, which Prometheus gives each series that it scrapes: ` + "`x / sum(y)`" + ` needs
` + "`on () group_left`, and `x > 0 and hour() > 8` needs `and on ()`" + `.
- One side is grouped by a label that the other has lost: ` + "`sum by (job) (x) / sum(y)`" + ` needs ` + "`on () group_left`" + `, and
` + "`sum by (job) (x) / sum by (team) (y)`" + ` needs the same labels on both sides.

Where the labels depend on the data, nothing is said.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil {
			return nil
		}
		var found []validation.Finding
		for _, c := range r.labels.conflicts {
			if n, ok := c.By.(*parser.BinaryExpr); ok {
				found = append(found, mismatch(r, n, c, "never match in the label "+c.Label))
			}
		}
		for _, c := range r.labels.oneSided {
			found = append(found, mismatch(r, c.By, c, "match only series without the label "+c.Label))
		}
		for _, t := range r.labels.targetLost {
			if !slices.ContainsFunc(t.metrics, r.group.records) {
				f := mismatch(r, t.By, t.Contradiction, "never match in the label "+t.Label)
				f.Fix = t.fix()
				found = append(found, f)
			}
		}
		return found
	},
}

func mismatch(r *groupRule, n parser.Expr, c resultlabels.Contradiction, what string) validation.Finding {
	operation := "an operation"
	if b, ok := n.(*parser.BinaryExpr); ok {
		operation = b.Op.String()
	}
	f := r.place("expr").Finding(
		fmt.Sprintf("the two sides of %s %s: it %s on the left, %s on the right", operation, what, sideOf(c.Left), sideOf(c.Right)),
		fmt.Sprintf("match without it, such as ignoring (%s) or on (...)", c.Label), validation.Key(c.Label, n.String()))
	f.Excerpt = r.excerpt(n)
	return f
}

// sideOf says what a label is on one side.
func sideOf(v resultlabels.Value) string {
	switch {
	case v.Impossible():
		if by := taker(v); by != "" {
			return "is dropped by " + by
		}
		return "is missing"
	case v.Known && len(v.Values) > 0:
		return "is " + validation.Quoted(v.Values, " or ")
	}
	return "is kept"
}
