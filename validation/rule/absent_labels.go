package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promql/resultlabels"
	"github.com/promgate/promgate/validation"
)

var absentLabels = validation.Check[*groupRule]{
	ID: "absent-labels", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "absent() has not the labels of the other side",
		Text: `The result of ` + "`absent(x{job=\"a\", env=~\"prod|test\"})`" + ` has only the labels that the selector sets with ` + "`=`" + `: here ` + "`job`" + `, and neither
` + "`env` nor `instance`" + `. An operation on two vectors pairs series whose labels are equal. Every series that Prometheus scrapes has the
labels ` + "`job` and `instance`" + `, so that ` + "`x > 0 and absent(y)`" + ` gives nothing, and ` + "`x > 0 unless absent(y)`" + ` takes nothing away.

Write ` + "`and on () absent(y)`" + ` if no series of y may exist at all. To ask for the series of x that have no y, write
` + "`x > 0 unless on (job, instance) y`" + `.

The check looks at metrics as they are scraped. Nothing is said of the results of recording rules, which may have no labels.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil {
			return nil
		}
		var found []validation.Finding
		for _, u := range r.labels.unpaired {
			if slices.ContainsFunc(u.metrics, r.group.records) {
				continue
			}
			f := r.place("expr").Finding(
				fmt.Sprintf("%s never pairs a series with %s(): its result has no label %q, and the other side has one", u.by.Op, u.absent.Func.Name, u.label),
				u.fix(), validation.Key(u.label, u.by.String()))
			f.Excerpt = r.excerpt(u.by)
			found = append(found, f)
		}
		return found
	},
}

// records reports whether a rule of the group records the metric.
func (g *ruleGroup) records(metric string) bool {
	return slices.ContainsFunc(g.rules, func(r *groupRule) bool { return r.Record == metric })
}

// unpaired is an operation on the result of absent and on scraped series, of which no two are equal in a label.
type unpaired struct {
	by      *parser.BinaryExpr
	absent  *parser.Call
	label   string
	metrics []string // of the other side
}

func (u unpaired) fix() string {
	if u.by.Op.IsSetOperator() {
		return fmt.Sprintf("write %s on () if no label has to match, or a unless on (%s) b for what has no partner in b", u.by.Op, u.label)
	}
	return fmt.Sprintf("write %s on () group_left if no label has to match", u.by.Op)
}

// unpairedBy returns what an operation fails to pair.
func unpairedBy(n *parser.BinaryExpr, left, right resultlabels.Set) (unpaired, bool) {
	m := n.VectorMatching
	if m == nil || n.Op == parser.LOR || m.FillValues.LHS != nil || m.FillValues.RHS != nil {
		return unpaired{}, false
	}
	call, lacking, other, has := absentIn(n.LHS), left, n.RHS, right
	if call == nil {
		call, lacking, other, has = absentIn(n.RHS), right, n.LHS, left
	}
	if call == nil {
		return unpaired{}, false
	}
	// Prometheus gives each target these two labels (scrape/target.go, PopulateLabels in 3.16).
	for _, name := range []string{model.InstanceLabel, model.JobLabel} {
		if slices.Contains(m.MatchingLabels, name) != m.On || !lacking.Label(name).Impossible() || has.Label(name).Impossible() {
			continue
		}
		if metrics, ok := scrapedMetrics(other, name); ok {
			return unpaired{by: n, absent: call, label: name, metrics: metrics}, true
		}
	}
	return unpaired{}, false
}

// absentIn returns the call of absent whose labels an expression has.
func absentIn(e parser.Expr) *parser.Call {
	switch n := unwrapExpr(e).(type) {
	case *parser.Call:
		if isAbsent(n) {
			return n
		}
	case *parser.UnaryExpr:
		return absentIn(n.Expr)
	case *parser.BinaryExpr:
		if n.VectorMatching != nil {
			return nil
		}
		if n.LHS.Type() == parser.ValueTypeScalar {
			return absentIn(n.RHS)
		}
		return absentIn(n.LHS)
	}
	return nil
}

func isAbsent(n *parser.Call) bool {
	return n.Func.Name == "absent" || n.Func.Name == "absent_over_time"
}

// scrapedMetrics returns the metrics whose value of a label an expression has, if all of them are scraped ones: a
// name with a colon is that of a recording rule.
func scrapedMetrics(e parser.Expr, label string) (names []string, ok bool) {
	switch n := unwrapExpr(e).(type) {
	case *parser.VectorSelector:
		mayLack := slices.ContainsFunc(n.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == label && m.Matches("") })
		return []string{n.Name}, n.Name != "" && !strings.Contains(n.Name, ":") && !isAlerts(n) && !mayLack
	case *parser.MatrixSelector:
		return scrapedMetrics(n.VectorSelector, label)
	case *parser.SubqueryExpr:
		return scrapedMetrics(n.Expr, label)
	case *parser.UnaryExpr:
		return scrapedMetrics(n.Expr, label)
	case *parser.AggregateExpr:
		names, ok = scrapedMetrics(n.Expr, label)
		if n.Without && slices.ContainsFunc(n.Grouping, isTargetLabel) {
			return nil, false // who takes some of these labels away knows which there are
		}
		return names, ok && slices.Contains(n.Grouping, label) != n.Without
	case *parser.Call:
		if len(n.Args) == 1 && !isAbsent(n) {
			return scrapedMetrics(n.Args[0], label)
		}
	case *parser.BinaryExpr:
		return scrapedOperands(n, label)
	}
	return nil, false
}

func isTargetLabel(name string) bool {
	return name == model.JobLabel || name == model.InstanceLabel || name == "pod"
}

func scrapedOperands(n *parser.BinaryExpr, label string) (names []string, ok bool) {
	switch {
	case n.RHS.Type() == parser.ValueTypeScalar, n.Op == parser.LAND, n.Op == parser.LUNLESS:
		return scrapedMetrics(n.LHS, label)
	case n.LHS.Type() == parser.ValueTypeScalar:
		return scrapedMetrics(n.RHS, label)
	}
	left, okLeft := scrapedMetrics(n.LHS, label)
	right, okRight := scrapedMetrics(n.RHS, label)
	m := n.VectorMatching
	return append(left, right...), okLeft && okRight && (n.Op == parser.LOR || slices.Contains(m.MatchingLabels, label) == m.On)
}
