package monitor

import (
	"fmt"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

var serviceTwin = validation.Check[*Object]{
	ID: "service-twin", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A Service and its headless twin are both scraped",
		Text: `The object selects two Services of the same pods, one of them headless (` + "`clusterIP: None`" + `), and scrapes the
same port through both. Each pod is then a target twice, under two jobs or, with ` + "`jobLabel`" + `, under one, and
sums over the targets count it twice.

Charts that create such a pair often give both the same labels. Select by a label that only one of the
two has, or drop one of the two with a relabeling:
` + "`{action: drop, sourceLabels: [__meta_kubernetes_service_name], regex: .*-headless}`" + `. The check ignores endpoints
with a relabeling that drops targets.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		said := map[jobs.Twins]bool{}
		for _, t := range s.Twins {
			pair := jobs.Twins{Service: t.Service, Headless: t.Headless}
			if said[pair] {
				continue // two ports of the same pair are one mistake
			}
			said[pair] = true
			f := o.endpoint(t.Endpoint).Finding(fmt.Sprintf("Services %s and %s (headless) have the same pods, and both are selected: port %s of each pod is scraped twice", t.Service, t.Headless, t.Port),
				"select a label that only one of them has, or drop one with a relabeling", "")
			f.Key = validation.Key(t.Service, t.Headless)
			found = append(found, f)
		}
		return found
	},
}
