package rule

import (
	"context"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/validation"
)

// An Expression is the expression of a rule, and its place.
type Expression struct {
	validation.Place

	Text string
	Expr parser.Expr

	// Rule is the rule, Group its group, and GroupIndex the place of the group in the object.
	Rule       *monitoringv1.Rule
	Group      *monitoringv1.RuleGroup
	GroupIndex int
}

// Expressions returns the expressions of an object that can be parsed, and not those that would take too long: the
// checks of this package say what is wrong with the others.
func Expressions(ctx context.Context, object *monitoringv1.PrometheusRule, s validation.Snapshot) ([]Expression, error) {
	p := newExprParser(s)
	var all []Expression
	for _, r := range readFile(object, exprcost.Budget{Time: s.ParseTime}).rules {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("parsing group %q: %w", r.group.Name, err)
		}
		text := r.Expr.String()
		if r.tooCostly || text == "" {
			continue
		}
		if parsed := p.parse(text); parsed.expr != nil {
			all = append(all, Expression{Place: r.place("expr"), Text: text, Expr: parsed.expr, Rule: r.Rule, Group: r.group.RuleGroup, GroupIndex: r.group.index})
		}
	}
	return all, nil
}
