package rule

import (
	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/validation"
)

var exprCost = validation.Check[*groupRule]{
	ID: "expr-cost", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The expression takes Prometheus too long to read",
		Text: `Prometheus' parser looks at each operator and each parenthesis once for every one that it nests in: the time
for a chain grows with the square of its length. promgate estimates that time from the text, and reads
the expressions of an object only if all together stay below ` + "`rules.parseTime`" + ` of its
configuration, 500ms as installed: that is enough for a chain of 10,000 operators. The length of an
expression does not matter: a selector may be as long as the object.

Split the expression with recording rules; replace a chain of ` + "`or`" + ` by one regular expression
(` + "`{job=~\"a|b|c\"}`" + `), and parentheses in parentheses by fewer.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if !r.tooCostly {
			return nil
		}
		problem := exprcost.Budget{Time: s.ParseTime}.Problem(r.cost)
		return []validation.Finding{r.place("expr").Finding(problem, "split it with recording rules, or allow more in promgate's configuration (rules.parseTime)", r.Expr.String())}
	},
}
