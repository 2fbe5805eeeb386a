package rule

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var alertCondition = validation.Check[*groupRule]{
	ID: "alert-condition", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An alert has no condition",
		Text: `An alert fires for each series that its expression returns, whatever the value: ` + "`up`" + ` alone fires for
every target, up or down. ` + "`> bool`" + ` does not filter either: it returns 0 or 1. With ` + "`sum(errors) > 5 or vector(0)`" + ` there always is a
result, and the alert always fires.

Compare with a threshold (` + "`up == 0`" + `). Expressions that return a series only when something is wrong
(` + "`absent(...)`, `present_over_time(...)`, `a unless b`, `ALERTS{...}`" + `) and constants that fire on purpose (` + "`vector(1)`" + `) are not reported.
Nor are metrics that are always 1 and hold a state in their labels (` + "`kafka_resource_info{ready=\"False\"}`" + `), and
recording rules, which may hold the condition.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.Alert == "" || r.expr == nil || !selectsSeries(r.expr) && !comparesToBool(r.expr) {
			return nil
		}
		side := unconditional(r.expr)
		if side == nil {
			return nil
		}
		problem, fix := "the alert has no condition: it fires for each series that the expression returns, whatever the value", "compare with a threshold, such as == 0 or > 10"
		if side != r.expr {
			problem = "this side of or has no condition: the alert fires for each series that it returns, whatever the value"
			fix = "compare it with a threshold as well; to compare both sides, write (a or b) > 10"
		}
		f := r.place("expr").Finding(problem, fix, r.Expr.String())
		f.Excerpt = r.excerpt(side)
		return []validation.Finding{f}
	},
}

// unconditional returns the expression, or the side of its or, that returns series whatever their values; or nil.
func unconditional(expr parser.Expr) parser.Expr {
	if n, ok := unwrapExpr(expr).(*parser.BinaryExpr); ok && n.Op == parser.LOR && canBeEmpty(expr) {
		if side := unconditional(n.LHS); side != nil {
			return side
		}
		return unconditional(n.RHS)
	}
	if canBeEmpty(expr) {
		return nil
	}
	return expr
}

// selectsSeries reports whether the expression reads any series. An alert on a constant
// fires always, on purpose: it is a watchdog.
func selectsSeries(expr parser.Expr) bool {
	return holdsNode(expr, func(n parser.Node) bool {
		_, ok := n.(*parser.VectorSelector)
		return ok
	})
}

// comparesToBool reports whether the expression is a comparison that gives 0 or 1: nobody writes that for a watchdog.
func comparesToBool(expr parser.Expr) bool {
	n, ok := unwrapExpr(expr).(*parser.BinaryExpr)
	return ok && n.ReturnBool
}

// canBeEmpty reports whether any part of the expression drops series by their values.
// A function that turns every value into 1 asks whether a series exists, which is a
// condition as well.
func canBeEmpty(expr parser.Expr) bool {
	return holdsNode(expr, func(n parser.Node) bool {
		switch n := n.(type) {
		case *parser.BinaryExpr:
			return n.Op.IsComparisonOperator() && !n.ReturnBool || n.Op == parser.LAND || n.Op == parser.LUNLESS
		case *parser.Call:
			return n.Func.Name == "absent" || n.Func.Name == "absent_over_time" || n.Func.Name == "present_over_time"
		case *parser.AggregateExpr:
			return n.Op == parser.GROUP
		case *parser.VectorSelector:
			return comesAndGoes(n)
		}
		return false
	})
}

// stateSuffixes end the names of metrics whose value is always 1: their labels say what is the case, so that the matchers are the
// condition. The suffix _info is a rule of OpenMetrics, the others are what kube-state-metrics and exporters use besides.
var stateSuffixes = []string{"_info", "_metadata", "_labels", "_annotations", "_owner"}

// comesAndGoes reports whether a selector may read series that exist only while something is wrong: those of alerts, of recording
// rules with a condition, and of states.
func comesAndGoes(selector *parser.VectorSelector) bool {
	if isAlerts(selector) {
		return true
	}
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel || m.Type != labels.MatchEqual {
			continue
		}
		if strings.Contains(m.Value, ":") {
			return true
		}
		isState := func(suffix string) bool { return strings.HasSuffix(m.Value, suffix) }
		return len(selector.LabelMatchers) > 1 && slices.ContainsFunc(stateSuffixes, isState)
	}
	return false
}

// isAlerts reports whether a selector reads the series of alerts, which exist only
// while something is wrong.
func isAlerts(selector *parser.VectorSelector) bool {
	for _, m := range selector.LabelMatchers {
		if m.Name == model.MetricNameLabel && (m.Value == "ALERTS" || m.Value == "ALERTS_FOR_STATE") {
			return true
		}
	}
	return false
}
