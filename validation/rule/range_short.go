package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/records"
	"github.com/promgate/promgate/validation"
)

var rangeShort = validation.Check[*ruleFile]{
	ID: "range-short", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A range is too short to hold two samples",
		Text: `` + "`rate`, `increase`, `irate`, `delta`, `idelta`, `deriv`, `predict_linear`" + ` and ` + "`double_exponential_smoothing`" + ` need two samples, or they give
nothing. In a range as long as the scrape interval there is one: from version 3 on the range does not include its beginning. Here no monitor that
could give the metric scrapes often enough.

Choose a range of at least twice the interval, better four times, so that one failed scrape leaves no gap.

All monitors that the Prometheus selects count, or those that may have the job if the selector asks for one. Nothing is said where series come from elsewhere
(see [record-elsewhere](record-elsewhere.md)), of what a rule records, and where only some files are known, as in ` + "`promgate lint`" + ` without ` + "`--cluster`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(f *ruleFile, s validation.Snapshot) []validation.Finding {
		if s.Loaded == nil || !s.Loaded.Queries || slices.ContainsFunc(s.Prometheus.Features, readsStartTimes) {
			return nil
		}
		own := f.recordedNames()
		var found []validation.Finding
		for _, r := range f.rules {
			if r.expr == nil {
				continue
			}
			inspectNodes(r.expr, func(n parser.Node) {
				if call, ok := n.(*parser.Call); ok {
					found = append(found, tooShort(r, call, own, s)...)
				}
			})
		}
		return found
	},
}

// readsStartTimes reports whether a feature flag makes one sample enough, because samples tell since when they count.
func readsStartTimes(feature string) bool {
	return strings.HasPrefix(feature, "st-") || strings.HasPrefix(feature, "created-timestamp") || feature == "use-start-timestamps"
}

// maxRange is the longest range that is looked at. No interval is as long.
const maxRange = 10 * time.Minute

func tooShort(r *groupRule, call *parser.Call, own map[string]bool, s validation.Snapshot) []validation.Finding {
	if !records.NeedsTwoSamples(call.Func.Name) || len(call.Args) == 0 {
		return nil
	}
	m, ok := call.Args[0].(*parser.MatrixSelector)
	if !ok || m.RangeExpr != nil || m.Range <= 0 || m.Range > maxRange {
		return nil
	}
	selector, ok := m.VectorSelector.(*parser.VectorSelector)
	if !ok || selector.Anchored || selector.Smoothed {
		return nil
	}
	name := records.MetricOf(selector)
	if name == "" || strings.Contains(name, ":") || strings.HasPrefix(name, "ALERTS") || own[name] || len(s.Loaded.Index.Recording(name)) > 0 {
		return nil
	}
	job := jobOf(selector)
	every, known := s.Loaded.Cluster.Fastest(s.Loaded.Instance, job)
	if !known || m.Range > every || m.Range == every && s.Prometheus.Version.Major < 3 {
		return nil
	}
	who := "every monitor that " + s.Loaded.Instance.String() + " selects"
	if job != "" {
		who += fmt.Sprintf(" and that may have the job %q", job)
	}
	f := r.place("expr").Finding(
		fmt.Sprintf("%s needs two samples, and %s holds one at most: %s scrapes every %s or less often", call.Func.Name, model.Duration(m.Range), who, model.Duration(every)),
		fmt.Sprintf("take a range of %s or more", model.Duration(4*every)), call.String())
	f.Excerpt = r.excerpt(call)
	return []validation.Finding{f}
}

// jobOf returns the job that a selector asks for, or "".
func jobOf(s *parser.VectorSelector) string {
	for _, m := range s.LabelMatchers {
		if m.Name == model.JobLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return ""
}
