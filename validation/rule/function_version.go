package rule

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var functionVersion = validation.Check[*groupRule]{
	ID: "function-version", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A function exists only in Prometheus 2",
		Text: `Prometheus 3 renamed ` + "`holt_winters` to `double_exponential_smoothing`" + `, which also needs the feature flag
` + "`promql-experimental-functions`" + `. Prometheus 3 refuses a rule file with the old name, and every rule of the object
with it; Prometheus 2 refuses the new one.

Use the name that is known to the Prometheus that loads the rule.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.expr == nil {
			return nil
		}
		var found []validation.Finding
		successors := validation.RemovedFunctions()
		inspectNodes(r.expr, func(n parser.Node) {
			call, ok := n.(*parser.Call)
			if !ok || successors[call.Func.Name] == "" || len(found) == maxCallsNamed {
				return
			}
			f := r.place("expr").Finding(
				fmt.Sprintf("only Prometheus 2 has the function %s: Prometheus 3 refuses the whole object", call.Func.Name),
				"for Prometheus 3 write "+successors[call.Func.Name], call.String())
			f.Excerpt = r.excerpt(call)
			f.Excerpt.End = f.Excerpt.Start + len(call.Func.Name)
			found = append(found, f)
		})
		return found
	},
}

// maxCallsNamed bounds how many calls of one expression are named: each finding holds the
// text of its call, and calls nest.
const maxCallsNamed = 10
