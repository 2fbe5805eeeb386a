package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/promgate/promgate/validation"
)

var labelOverwritten = validation.Check[*groupRule]{
	ID: "label-overwritten", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A label of the rule overwrites one that tells the series apart",
		Text: `The labels of a rule replace those of the expression's result. If the expression is grouped by such a label, two of its series
become the same one, and Prometheus fails the evaluation of the rule: "vector contains metrics with the same labelset after
applying rule labels". It does so from the moment at which there are two values.

Remove the label from ` + "`by (...)`" + `, select one value (` + "`errors{team=\"shop\"}`" + `), or choose another name.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil || !r.labels.result.Others().Impossible() || r.labels.result.None() != nil {
			return nil
		}
		var found []validation.Finding
		for name, value := range r.Labels {
			v := r.labels.result.Label(name)
			if value == "" || strings.Contains(value, "{{") || v.Impossible() || v.Known && len(v.Values) == 1 {
				continue
			}
			found = append(found, r.place("labels").AtKey(name).Finding(
				fmt.Sprintf("the expression tells its series apart by the label %q, which this overwrites: with two values the evaluation fails", name),
				"remove the label from by (...), or select one value", validation.Key(name)))
		}
		slices.SortFunc(found, func(a, b validation.Finding) int { return strings.Compare(a.Key, b.Key) })
		return found
	},
}
