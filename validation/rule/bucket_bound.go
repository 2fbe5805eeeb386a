package rule

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/promgate/promgate/validation"
)

var bucketBound = validation.Check[*groupRule]{
	ID: "bucket-bound", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A bucket or quantile is selected as Prometheus 3 does not write it",
		Text: `Prometheus 3 writes the values of the labels ` + "`le` and `quantile`" + ` as OpenMetrics does when it scrapes classic histograms and
summaries: ` + "`1.0`, where Prometheus 2 kept the `1`" + ` of the text format. A matcher ` + "`le=\"1\"`" + ` then finds nothing.

Match both: ` + "`le=~\"1|1.0\"`" + `. The check applies where promgate knows a Prometheus of version 3 that selects the rule.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if r.labels == nil || !s.Prometheus.IsServer() || s.Prometheus.Version.Major < 3 {
			return nil
		}
		var found []validation.Finding
		for _, selector := range r.labels.selectors {
			for _, m := range selector.LabelMatchers {
				if m.Name != model.BucketLabel && m.Name != model.QuantileLabel {
					continue
				}
				value, written, ok := wholeBound(m)
				if !ok {
					continue
				}
				effect := "finds nothing"
				if m.Type == labels.MatchNotEqual || m.Type == labels.MatchNotRegexp {
					effect = "excludes nothing"
				}
				f := r.place("expr").Finding(
					fmt.Sprintf("%s %s for %s: Prometheus 3 writes %s=%q", m, effect, value, m.Name, written),
					fmt.Sprintf("match both, such as =~\"%s|%s\"", value, strings.ReplaceAll(written, ".", "[.]")), validation.Key(m.String(), selector.String()))
				f.Excerpt = r.excerpt(selector)
				found = append(found, f)
			}
		}
		return found
	},
}

// wholeBound returns the first value that a matcher asks for, and that Prometheus 3 writes in another way,
// together with that way. A matcher that finds the other way as well is right.
func wholeBound(m *labels.Matcher) (value, written string, ok bool) {
	values := []string{m.Value}
	if m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp {
		values = m.SetMatches()
	}
	for _, v := range values {
		number, err := strconv.ParseFloat(v, 64)
		if err != nil {
			continue
		}
		want := labels.FormatOpenMetricsFloat(number)
		if want != v && m.Matches(want) != m.Matches(v) {
			return v, want, true
		}
	}
	return "", "", false
}
