package rule

import (
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var exprType = validation.Check[*groupRule]{
	ID: "expr-type", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The expression gives a range vector or a string",
		Text: `The result of a rule has to be an instant vector or a scalar. With a range vector or a string,
the rule file loads, and then every evaluation fails with "rule result is not a vector or
scalar": the rule can never work.

Wrap a range vector in a function such as ` + "`rate(...)` or `max_over_time(...)`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.expr == nil {
			return nil
		}
		var problem, fix string
		switch r.expr.Type() {
		case parser.ValueTypeMatrix:
			problem = "the expression gives a range vector, which cannot be a rule's result"
			fix = "wrap it in a function such as rate() or max_over_time()"
		case parser.ValueTypeString:
			problem = "the expression gives a string, which cannot be a rule's result"
			fix = "write an expression that gives a vector or a scalar"
		default:
			return nil
		}
		f := r.place("expr").Finding(problem, fix, r.Expr.String())
		f.Excerpt = r.excerpt(r.expr)
		return []validation.Finding{f}
	},
}
