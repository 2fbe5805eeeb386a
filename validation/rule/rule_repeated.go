package rule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/promgate/promgate/validation"
)

var ruleRepeated = validation.Check[*ruleGroup]{
	ID: "rule-repeated", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A group has the same rule twice",
		Text: `Two rules of a group have the same name, expression and labels. A second alerting rule raises the same
alerts again, a second recording rule writes the same samples again, which Prometheus drops and logs.

Remove one of them. To keep both, such as for two thresholds, give them different labels.`,
		Since: "v0.1.0",
	},
	Run: func(g *ruleGroup, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		first := make(map[string]int, len(g.rules))
		named := make(map[string]int, len(g.rules))
		for _, r := range g.rules {
			named[r.name()]++
		}
		for _, r := range g.rules {
			if named[r.name()] == 1 {
				continue // writing an expression takes longer than all else here
			}
			key := ruleIdentity(r)
			at, repeated := first[key]
			if !repeated {
				first[key] = r.index
				continue
			}
			found = append(found, r.place().Finding(
				fmt.Sprintf("rules[%d] of the group is the same rule", at), "remove one of them, or give them different labels", key))
		}
		return found
	},
}

// ruleIdentity returns a text that is equal for two rules that are the same to Prometheus: of
// the same kind, name, expression and labels.
func ruleIdentity(r *groupRule) string {
	parts := []string{r.Record, r.Alert, r.Expr.String()}
	if r.expr != nil {
		parts[2] = r.expr.String() // spaces and line breaks do not count
	}
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		parts = append(parts, name, r.Labels[name])
	}
	return validation.Key(parts...)
}
