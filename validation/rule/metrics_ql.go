package rule

import (
	"context"
	"fmt"
	"regexp"

	"github.com/VictoriaMetrics/metricsql"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/exprcost"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// forPromQL makes a check silent about rules that VictoriaMetrics alone reads. It has a rule loader of its own,
// and nothing is known here of what that refuses.
func forPromQL(c validation.Check[*ruleFile]) validation.Check[*ruleFile] {
	run := c.Run
	c.Run = func(f *ruleFile, s validation.Snapshot) []validation.Finding {
		if s.Language == selection.MetricsQL {
			return nil
		}
		return run(f, s)
	}
	return c
}

// newMetricsQLFile makes a file of an object whose expressions are MetricsQL. Its rules have no syntax tree of
// PromQL, and no templates.
func newMetricsQLFile(ctx context.Context, object *monitoringv1.PrometheusRule, budget exprcost.Budget) (*ruleFile, error) {
	f := readFile(object, budget)
	for _, r := range f.rules {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("parsing group %q: %w", r.group.Name, err)
		}
		if expr := r.Expr.String(); expr != "" && !r.tooCostly && !metricsQLTemplate.MatchString(expr) {
			_, r.exprError = metricsql.Parse(expr)
		}
	}
	return f, nil
}

// metricsQLTemplate matches what the parser expands: WITH, and the templates that it brings along (metricsql
// v0.87.3). Their expansion may be many times as long as the text, so such expressions are not judged.
var metricsQLTemplate = regexp.MustCompile(`(?i)\b(with|ru|ttf|range_median|alias)\b`)
