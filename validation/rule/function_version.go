package rule

import (
	"fmt"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

var functionVersion = validation.Check[*groupRule]{
	ID: "function-version", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A function exists only in Prometheus 2",
		Text: `Prometheus 3 renamed ` + "`holt_winters` to `double_exponential_smoothing`" + `, which also needs the feature flag
` + "`promql-experimental-functions`" + `. Prometheus 3 refuses a rule file with the old name, and every rule of the object
with it; Prometheus 2 refuses the new one.

Use the name that is known to the Prometheus that loads the rule. Where promgate knows that Prometheus,
[expr-version](expr-version.md) refuses what it refuses.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if r.expr == nil || s.Prometheus.Known() {
			return nil
		}
		expr := r.Expr.String()
		var found []validation.Finding
		for _, u := range r.uses {
			if u.Kind != dialect.Function || u.Known(dialect.Latest()) || len(found) == maxUsesNamed {
				continue
			}
			f := r.place("expr").Finding(
				fmt.Sprintf("%s %s: a newer one refuses the whole object", u, u.Needs()),
				"for Prometheus 3 write "+validation.RemovedFunctions()[u.Name], validation.Key(u.Name, expr))
			f.Excerpt = r.place("expr").Excerpt(expr, u.Start, u.End)
			found = append(found, f)
		}
		return found
	},
}
