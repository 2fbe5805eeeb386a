package upgrade

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

// rangeLeftOpen finds windows that hold one sample less from Prometheus 3.0 on, because the sample at their start is not
// part of them any more, where that is certain to matter: samples that are exactly as far apart as the window is
// long, or a divisor of it.
var rangeLeftOpen = validation.Check[*ruleSet]{
	ID: "range-left-open", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A range holds one sample less", Since: since,
		Text: `From Prometheus 3.0 on a range does not include a sample that is exactly at its start. Where the samples are as
far apart as the range is long, one is left where there could be two: ` + "`rate`" + ` and its like, which need two, give nothing, and
` + "`changes`" + ` is always 0. That is certain for a subquery whose range is its step, and for a range over a metric that a rule
of the same group records: its samples are exactly one interval of the group apart. For a metric that is scraped, it is so
if its interval is the range.

Make the range longer, by one step or one interval.`,
	},
	Run: func(set *ruleSet, _ validation.Snapshot) []validation.Finding {
		if !set.reaches(v3) {
			return nil
		}
		var found []validation.Finding
		for _, r := range set.rules {
			inspect(r.Expr, "", func(n parser.Node, function string) {
				if f, ok := set.shortRange(r, n, function); ok {
					found = append(found, f)
				}
			})
		}
		return found
	},
}

// ofOne says what functions make of a single sample, as opposed to two.
var ofOne = map[string]string{
	"rate": "gives nothing", "irate": "gives nothing", "increase": "gives nothing", "delta": "gives nothing", "idelta": "gives nothing",
	"deriv": "gives nothing", "predict_linear": "gives nothing", "holt_winters": "gives nothing", "double_exponential_smoothing": "gives nothing",
	"changes": "is always 0", "resets": "is always 0", "stddev_over_time": "is always 0", "stdvar_over_time": "is always 0",
}

// perSample are the functions whose value is proportional to the number of samples.
var perSample = map[string]bool{"count_over_time": true, "sum_over_time": true}

func (set *ruleSet) shortRange(r *rule, n parser.Node, function string) (validation.Finding, bool) {
	var none validation.Finding
	switch n := n.(type) {
	case *parser.SubqueryExpr:
		if n.Range == 0 || n.Range != n.Step || ofOne[function] == "" {
			return none, false
		}
		return r.finding(n, fmt.Sprintf("from Prometheus 3.0 on a range of %s with a step of %s always holds one value: %s %s", text(n.Range), text(n.Step), function, ofOne[function]),
			"make the range longer, by one step"), true
	case *parser.MatrixSelector:
		selector, ok := n.VectorSelector.(*parser.VectorSelector)
		if !ok || n.Range == 0 || selector.Anchored || selector.Smoothed {
			return none, false
		}
		if samples, recorded := set.recordedSamples(r, selector, n.Range); recorded {
			return r.recordedRange(n, function, samples)
		}
		if ofOne[function] != "" && n.Range == durationOf(set.prometheus.ScrapeInterval) && !strings.Contains(selector.Name, ":") {
			return r.finding(n, fmt.Sprintf("from Prometheus 3.0 on a range of %s holds one sample of what is scraped every %s, as by default of %s: %s %s", text(n.Range), text(n.Range), set.name, function, ofOne[function]),
				"make the range longer, such as four times the interval"), true
		}
	}
	return none, false
}

// recordedRange returns the finding for a range over a metric of the same group that holds so many samples from
// 3.0 on, and one more before.
func (r *rule) recordedRange(n *parser.MatrixSelector, function string, samples int64) (validation.Finding, bool) {
	var effect string
	fix := "make the range longer, by one interval of the group"
	switch {
	case samples == 0 && function == "absent_over_time":
		effect = "is always 1"
	case samples == 0:
		effect = "gives nothing"
	case samples == 1 && ofOne[function] != "":
		effect = ofOne[function]
	case perSample[function]:
		effect = "is lower"
		fix += ", or compare with a lower value"
	default:
		return validation.Finding{}, false
	}
	return r.finding(n, fmt.Sprintf("this group records a sample every %s: from Prometheus 3.0 on a range of %s holds %d of them instead of %d, and %s %s",
		text(r.interval), text(n.Range), samples, samples+1, function, effect), fix), true
}

// recordedSamples returns how many samples of a metric a range holds from 3.0 on, if a rule of the same group records
// the metric, and the range is a multiple of the interval of the group. A rule that comes later
// has not recorded its sample yet when an earlier one is evaluated.
func (set *ruleSet) recordedSamples(r *rule, of *parser.VectorSelector, length time.Duration) (samples int64, ok bool) {
	if of.Name == "" || of.OriginalOffset != 0 || of.Timestamp != nil || of.StartOrEnd != 0 || r.interval == 0 || length%r.interval != 0 {
		return 0, false
	}
	before := false
	for _, other := range set.rules {
		if other == r {
			before = true
		}
		if other.GroupIndex == r.GroupIndex && other.Rule.Record == of.Name {
			samples = int64(length / r.interval)
			if before {
				samples--
			}
			return samples, true
		}
	}
	return 0, false
}

func text(d time.Duration) string { return model.Duration(d).String() }
