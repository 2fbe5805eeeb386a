package rule

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var namePattern = validation.Check[*groupRule]{
	ID: "name-pattern", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "Several metrics become equal when their name is dropped",
		Text: `` + "`{__name__=~\"errors_total|failures_total\"}`" + ` selects series that often differ in nothing but the name of the metric. ` + "`rate`" + `, arithmetic and most
functions drop that name. Two series are then the same, and Prometheus fails the evaluation: "vector cannot contain metrics with the same labelset". An
aggregation around it does not help: ` + "`sum(rate({__name__=~\"...\"}[5m]))`" + ` fails as well. An alert drops the name at the end, and a recording rule
replaces it: "vector contains metrics with the same labelset after applying alert labels". As long as one metric has series, or no two of them
share their labels, all is well.

Name one metric at a time (` + "`sum(rate(a[5m])) + sum(rate(b[5m]))`" + `), aggregate before the name is dropped (` + "`sum by (job) ({__name__=~\"...\"}) * 2`" + `),
or copy the name into a label: ` + "`label_replace({__name__=~\"...\"}, \"metric\", \"$1\", \"__name__\", \"(.+)\") > 0`" + `.

Nothing is said of names that look like one metric before and after it was renamed (` + "`request_count_total|requests_total`" + `), nor of a Prometheus
with the feature flag ` + "`promql-delayed-name-removal`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if r.labels == nil || len(r.labels.nameClashes) == 0 && r.labels.severalMetrics == nil || slices.Contains(s.Prometheus.Features, "promql-delayed-name-removal") {
			return nil
		}
		var found []validation.Finding
		for _, c := range r.labels.nameClashes {
			f := r.place("expr").Finding(
				fmt.Sprintf("%s drops the names of the metrics of %s: if two of them have a series with the same labels, the evaluation fails", dropperName(c.by), c.of),
				"name one metric at a time, or copy the name into a label with label_replace", validation.Key(c.of.String(), c.by.String()))
			f.Excerpt = r.excerpt(c.by)
			found = append(found, f)
		}
		if of := r.labels.severalMetrics; of != nil {
			f := r.place("expr").Finding(
				fmt.Sprintf("%s drops the names of the metrics of %s: if two of them have a series with the same labels, the evaluation fails", r.dropsNames(), of),
				"copy the name into a label with label_replace, or aggregate", validation.Key(of.String()))
			f.Excerpt = r.excerpt(of)
			found = append(found, f)
		}
		return found
	},
}

// dropperName names the node that drops the name of a metric.
func dropperName(n parser.Expr) string {
	switch n := n.(type) {
	case *parser.Call:
		return n.Func.Name + "()"
	case *parser.BinaryExpr:
		return n.Op.String()
	}
	return "the minus sign"
}

// dropsNames says how the rule itself drops the names.
func (r *groupRule) dropsNames() string {
	if r.Alert != "" {
		return "an alert"
	}
	return "a recording rule"
}
