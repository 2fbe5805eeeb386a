package rule

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

var groupRepeated = validation.Check[*ruleFile]{
	ID: "group-repeated", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Two groups of one object have the same name",
		Text: `Prometheus refuses a rule file in which two groups have the same name, and with it all
rules of the object. Rename one of them, or move its rules into the other.

In another PrometheusRule the name may be used again.`,
		Since: "v0.1.0",
	},
	Run: func(f *ruleFile, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		first := make(map[string]int, len(f.groups))
		for _, g := range f.groups {
			if g.Name == "" {
				continue // the check group-name reports it
			}
			at, repeated := first[g.Name]
			if !repeated {
				first[g.Name] = g.index
				continue
			}
			found = append(found, g.place("name").Finding(
				fmt.Sprintf("another group, spec.groups[%d], has the same name", at), "rename one of them, or merge them", g.Name))
		}
		return found
	},
}
