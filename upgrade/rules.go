package upgrade

import (
	"context"
	"fmt"
	"time"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// A ruleSet is a PrometheusRule, or a rule file, for one Prometheus.
type ruleSet struct {
	step

	prometheus validation.Prometheus
	rules      []*rule
}

// A rule is a rule whose expression could be parsed.
type rule struct {
	validation.Place

	text     string
	expr     parser.Expr
	group    int           // the index of its group
	interval time.Duration // of its group; 0 if it is unknown
	records  string        // the name that it records, or empty
}

// newRuleSet parses the rules of an object. It leaves out what cannot be parsed, or would take too long: other
// checks report that.
func newRuleSet(to semver.Version) func(context.Context, *monitoringv1.PrometheusRule, validation.Snapshot) (*ruleSet, error) {
	return func(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) (*ruleSet, error) {
		set := &ruleSet{step: stepOf(s.Prometheus, to), prometheus: s.Prometheus}
		if set.from.IsZero() {
			return set, nil
		}
		rules := listRules(object, s.Prometheus)
		costs := make([]exprcost.Cost, len(rules))
		for i, r := range rules {
			costs[i] = exprcost.Of(r.text)
		}
		beyond := exprcost.Budget{Time: s.ParseTime}.Beyond(costs)
		p := parser.NewParser(s.PromQL)
		for i, r := range rules {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("parsing rules: %w", err)
			}
			if beyond[i] {
				continue
			}
			if expr, err := p.ParseExpr(r.text); err == nil {
				r.expr = expr
				set.rules = append(set.rules, r)
			}
		}
		return set, nil
	}
}

func listRules(object *monitoringv1.PrometheusRule, p validation.Prometheus) []*rule {
	var rules []*rule
	for i, g := range object.Spec.Groups {
		interval := p.EvaluationInterval
		if g.Interval != nil {
			interval = string(*g.Interval)
		}
		at := validation.Place{
			Path: fieldpath.New("spec", "groups").Index(i), Subject: validation.Subject{fmt.Sprintf("group %q", g.Name)}, Key: g.Name,
		}
		for j, r := range g.Rules {
			place := at.At("rules").Index(j)
			switch {
			case r.Alert != "":
				place.Subject = validation.Subject{at.Subject[0], fmt.Sprintf("alert %q", r.Alert)}
			case r.Record != "":
				place.Subject = validation.Subject{at.Subject[0], fmt.Sprintf("record %q", r.Record)}
			}
			place.Key = validation.Key(g.Name, r.Alert, r.Record)
			rules = append(rules, &rule{Place: place.At("expr"), text: r.Expr.String(), group: i, interval: durationOf(interval), records: r.Record})
		}
	}
	return rules
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
	f := r.Finding(problem, fix, r.text[at.Start:at.End])
	f.Excerpt = r.Excerpt(r.text, int(at.Start), int(at.End))
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
