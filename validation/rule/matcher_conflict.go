package rule

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var matcherConflict = validation.Check[*groupRule]{
	ID: "matcher-conflict", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Matchers of a selector exclude each other",
		Text: `All matchers of a selector have to match. No value of the label meets these, so that the selector never returns a
series: ` + "`up{job=\"a\", job=\"b\"}`" + ` needs ` + "`job=~\"a|b\"`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil {
			return nil
		}
		var found []validation.Finding
		for _, c := range r.labels.conflicts {
			n, ok := c.By.(*parser.VectorSelector)
			if !ok {
				continue
			}
			var matchers []string
			for _, m := range n.LabelMatchers {
				if m.Name == c.Label {
					matchers = append(matchers, m.String())
				}
			}
			f := r.place("expr").Finding(
				fmt.Sprintf("no series meets %s: the selector never returns anything", strings.Join(matchers, " and ")),
				fmt.Sprintf("list several values with =~, such as %s=~\"a|b\", or remove a matcher", c.Label), validation.Key(c.Label, n.String()))
			f.Excerpt = r.excerpt(n)
			found = append(found, f)
		}
		return found
	},
}
