package rule

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/validation"
)

var recordName = validation.Check[*groupRule]{
	ID: "record-name", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A recording rule's name is not a metric name",
		Text: `` + "`record`" + ` is the name of the series that the rule writes, and nothing else: Prometheus refuses
a name with braces. Labels belong to ` + "`labels`" + `, a query to ` + "`expr`" + `.

The usual form is ` + "`level:metric:operation`" + `, for instance ` + "`job:http_requests:rate5m`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		switch {
		case r.Record == "":
			return nil
		case strings.ContainsAny(r.Record, "{}"):
			return []validation.Finding{r.place("record").Finding(
				fmt.Sprintf("%q has braces, which a recording rule's name cannot have", r.Record),
				"write the name alone; labels belong to labels, a query to expr", r.Record)}
		case !s.Names.IsValidMetricName(r.Record):
			return []validation.Finding{r.place("record").Finding(
				fmt.Sprintf("%q is not a metric name%s", r.Record, untaken(s)),
				"use letters, digits, _ and :, and begin with no digit", r.Record)}
		}
		return nil
	},
}
