package upgrade

import (
	"context"
	"fmt"
	"time"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
	rules "github.com/promgate/promgate/validation/rule"
)

// A ruleSet is a PrometheusRule, or a rule file, for one Prometheus.
type ruleSet struct {
	step

	prometheus validation.Prometheus
	rules      []*rule
}

// A rule is a rule whose expression could be parsed.
type rule struct {
	rules.Expression

	interval time.Duration // of its group; 0 if it is unknown
}

// newRuleSet parses the rules of an object. It leaves out what cannot be parsed, or would take too long: other
// checks report that.
func newRuleSet(to semver.Version) func(context.Context, *monitoringv1.PrometheusRule, validation.Snapshot) (*ruleSet, error) {
	return func(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*ruleSet, error) {
		set := &ruleSet{step: stepOf(s.Prometheus, to), prometheus: s.Prometheus}
		if set.from.IsZero() {
			return set, nil
		}
		expressions, err := rules.Expressions(ctx, object, s)
		if err != nil {
			return nil, fmt.Errorf("reading rules: %w", err)
		}
		for _, e := range expressions {
			interval := s.Prometheus.EvaluationInterval
			if e.Group.Interval != nil {
				interval = string(*e.Group.Interval)
			}
			set.rules = append(set.rules, &rule{Expression: e, interval: durationOf(interval)})
		}
		return set, nil
	}
}

// durationOf returns a duration as Prometheus reads it, or 0.
func durationOf(text string) time.Duration {
	d, err := model.ParseDuration(text)
	if err != nil {
		return 0
	}
	return time.Duration(d)
}

// finding returns a finding about a node of the expression.
func (r *rule) finding(n parser.Node, problem, fix string) validation.Finding {
	at := n.PositionRange()
	f := r.Finding(problem, fix, r.Text[at.Start:at.End])
	f.Excerpt = r.Excerpt(r.Text, int(at.Start), int(at.End))
	return f
}

// inspect calls visit for each node of an expression, with the function that the node is an argument of.
func inspect(n parser.Node, function string, visit func(n parser.Node, function string)) {
	visit(n, function)
	switch n := n.(type) {
	case *parser.Call:
		function = n.Func.Name
	case *parser.ParenExpr, *parser.StepInvariantExpr:
	default:
		function = ""
	}
	for child := range parser.ChildrenIter(n) {
		inspect(child, function, visit)
	}
}
