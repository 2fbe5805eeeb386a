package monitor

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

var endpointRepeated = validation.Check[*Object]{
	ID: "endpoint-repeated", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Two endpoints of a monitor scrape the same",
		Text: `Two endpoints of one monitor have the same port, scheme, path, parameters and relabelings, and
reach the target in the same way. Prometheus gets each sample twice, under the same job and the
same labels: it keeps the first, and reports the other as a duplicate or as out of order. Another
interval makes no difference, and a field that is set to its default is the same as one that is not
set.

Remove one of the endpoints. To keep both, make their series differ with a relabeling.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		first := map[string]int{}
		for i, s := range o.Scrapes {
			if s.Endpoint == nil {
				continue
			}
			e := s.identity()
			at, repeated := first[e.whole()]
			if !repeated {
				first[e.whole()] = i
				continue
			}
			found = append(found, s.Finding(
				fmt.Sprintf("%s[%d] scrapes the same targets, under the same labels", o.Endpoints.FieldName(), at),
				"remove one of the two, or tell them apart with a relabeling", e.target))
		}
		return found
	},
}

// maxCompared bounds how many endpoints are compared metric by metric.
const maxCompared = 50

var endpointSplit = validation.Check[*Object]{
	ID: "endpoint-split", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Two endpoints of a monitor scrape the same for different metrics",
		Text: `Two endpoints of one monitor scrape the same targets under the same labels, and differ in their
metric relabelings or in how they reach the target. That can be intended: one endpoint scrapes a
few metrics often, the other the rest. It works only as long as no metric passes both. Metrics that
do are stored twice, and so are ` + "`up` and the other `scrape_`" + ` metrics in any case.

Make the endpoints differ with a relabeling that sets a label, such as the interval.
The check does not warn where one endpoint drops exactly what the other keeps.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		first, whole := map[string]int{}, map[string]bool{}
		compared := 0
		for i, s := range o.Scrapes {
			if s.Endpoint == nil {
				continue
			}
			e := s.identity()
			at, again := first[e.target]
			if !again {
				first[e.target] = i
			} else if compared++; compared > maxCompared {
				break
			}
			if again && !whole[e.whole()] && !areComplementary(o.Scrapes[at].MetricRelabelings, s.MetricRelabelings) {
				found = append(found, s.Finding(
					fmt.Sprintf("%s[%d] scrapes the same targets, under the same labels", o.Endpoints.FieldName(), at),
					"make sure that no metric passes the metricRelabelings of both, or tell them apart with a relabeling", e.target))
			}
			whole[e.whole()] = true
		}
		return found
	},
}
