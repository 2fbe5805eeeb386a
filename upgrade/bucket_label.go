package upgrade

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

// The check is on matchers in expressions, and on relabelings of samples.
const (
	bucketLabelTitle = "A label value of buckets or quantiles gets another form"
	bucketLabelText  = `From Prometheus 3.0 on the values of the labels ` + "`le` and `quantile`" + ` are stored in one form when they are scraped,
with a dot: a target that exposes ` + "`le=\"1\"`" + ` gives the series ` + "`le=\"1.0\"`" + `. Before, the value was stored as it was exposed, which is
without the dot in the text format of most clients. A matcher or a relabeling for ` + "`1`" + ` no longer matches what is scraped.

The check is about relabelings, and about regular expressions that are more than a list of values; those and plain values are
reported by [bucket-bound](../rule/bucket-bound.md). Match both forms, so that it works before and after the upgrade, and over the time of the upgrade: ` + "`le=~\"1(\\\\.0)?\"`" + `.`
)

var bucketLabel = validation.Check[*ruleSet]{
	ID: "bucket-label", Severity: validation.Warn,
	Doc: validation.Doc{Title: bucketLabelTitle, Since: since, Text: bucketLabelText},
	Run: func(set *ruleSet, _ validation.Snapshot) []validation.Finding {
		if !set.reaches(v3) {
			return nil
		}
		var found []validation.Finding
		for _, r := range set.rules {
			inspect(r.Expr, "", func(n parser.Node, _ string) {
				selector, ok := n.(*parser.VectorSelector)
				if !ok {
					return
				}
				for _, m := range selector.LabelMatchers {
					if value, changes := changedMatcher(m); changes {
						found = append(found, r.finding(n, changedProblem("the matcher "+m.String(), m.Name, value), "match both forms, such as 1(\\\\.0)?"))
					}
				}
			})
		}
		return found
	},
}

var bucketLabelRelabeling = validation.Check[*relabelings]{
	ID: "bucket-label", Severity: validation.Warn,
	Doc: bucketLabel.Doc,
	Run: func(all *relabelings, _ validation.Snapshot) []validation.Finding {
		if !all.reaches(v3) {
			return nil
		}
		var found []validation.Finding
		for _, r := range all.ofSamples {
			if label, value, changes := changedRelabeling(r); changes {
				found = append(found, r.At("regex").Finding(changedProblem("the regular expression", label, value), "match both forms, such as 1(\\.0)?", r.Regex))
			}
		}
		return found
	},
}

func changedProblem(what, label, value string) string {
	return fmt.Sprintf("from Prometheus 3.0 on %s=%q of a scraped series is stored as %s=%q: %s treats the two differently", label, value, label, asFloat(value), what)
}

func isBucketLabel(name string) bool { return name == labels.BucketLabel || name == "quantile" }

// changedMatcher returns a value that a matcher of le or quantile treats otherwise than the form that it has
// from 3.0 on. Matchers with plain values are left to the check bucket-bound.
func changedMatcher(m *labels.Matcher) (value string, changes bool) {
	isRegex := m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp
	if !isBucketLabel(m.Name) || !isRegex || len(m.SetMatches()) > 0 {
		return "", false
	}
	values := samplesOf(m.Value)
	i := slices.IndexFunc(values, func(v string) bool { return asFloat(v) != v && m.Matches(v) != m.Matches(asFloat(v)) })
	if i < 0 {
		return "", false
	}
	return values[i], true
}

// changedRelabeling returns a value of le or quantile that the regular expression of a relabeling matches, and
// does not match in the form that it has from 3.0 on.
func changedRelabeling(r relabeling) (label, value string, changes bool) {
	i := slices.IndexFunc(r.SourceLabels, isBucketLabel)
	matcher, err := labels.NewFastRegexMatcher(r.Regex)
	if i < 0 || err != nil {
		return "", "", false
	}
	for _, sample := range samplesOf(r.Regex) {
		parts := strings.Split(sample, r.Separator)
		if len(parts) != len(r.SourceLabels) || !matcher.MatchString(sample) {
			continue
		}
		value := parts[i]
		parts[i] = asFloat(value)
		if parts[i] != value && !matcher.MatchString(strings.Join(parts, r.Separator)) {
			return r.SourceLabels[i], value, true
		}
	}
	return "", "", false
}

// asFloat returns a value of le or quantile as Prometheus stores it from 3.0 on. What is not a number stays as it is.
// The source is normalizeFloatsInLabelValues (v0.300.0, model/textparse).
func asFloat(value string) string {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	return labels.FormatOpenMetricsFloat(f)
}
