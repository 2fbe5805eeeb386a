package rule

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var rateOfAggregate = validation.Check[*groupRule]{
	ID: "rate-of-aggregate", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A rate is taken of a sum",
		Text: `` + "`rate`, `irate` and `increase`" + ` know that a counter that falls has been reset. A sum of counters falls by
one target's share when that target restarts or goes away, and the rate then shows a huge jump.

Take the rate first and aggregate afterwards: ` + "`sum(rate(x[5m]))`, not `rate(sum(x)[5m:])`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.expr == nil {
			return nil
		}
		var found []validation.Finding
		inspectNodes(r.expr, func(n parser.Node) {
			call, ok := n.(*parser.Call)
			if !ok || !isRate(call.Func.Name) {
				return
			}
			subquery, ok := call.Args[0].(*parser.SubqueryExpr)
			if !ok {
				return
			}
			aggregate, ok := unwrapExpr(subquery.Expr).(*parser.AggregateExpr)
			if !ok || aggregate.Op != parser.SUM && aggregate.Op != parser.AVG {
				return
			}
			f := r.place("expr").Finding(
				fmt.Sprintf("%s of %s() sees a jump at each restart of a target", call.Func.Name, aggregate.Op),
				fmt.Sprintf("take %s first, then %s", call.Func.Name, aggregate.Op), call.String())
			f.Excerpt = r.excerpt(call)
			found = append(found, f)
		})
		return found
	},
}

func isRate(function string) bool {
	return function == "rate" || function == "irate" || function == "increase"
}
