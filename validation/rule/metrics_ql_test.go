package rule

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// TestMetricsQL: rules for VictoriaMetrics alone are judged by the parser of MetricsQL, and by nothing else.
func TestMetricsQL(t *testing.T) {
	s := validation.Permissive()
	s.Language = selection.MetricsQL
	for expr, denied := range map[string]bool{
		"sum(rate(x[5m])) by (job) limit 5":             false,
		"rate(x) keep_metric_names default 0":           false,
		`{__name__="a" or __name__="b"}`:                false,
		"sum(rate(x[5m]) by (job":                       true,
		"no_such_function(x)":                           true,
		"WITH (a = b + b, c = a + a) c)":                false, // not judged
		"ttf(x":                                         false,
		`x{a="with"`:                                    false,
		"rate(x[5i]) > 1 and on (a) group_left () y ==": true,
	} {
		object := &monitoringv1.PrometheusRule{Spec: monitoringv1.PrometheusRuleSpec{Groups: []monitoringv1.RuleGroup{{
			Name: "a", Rules: []monitoringv1.Rule{{Record: "a b", Expr: intstr.FromString(expr), Labels: map[string]string{"": "{{ no }}"}}},
		}}}}
		found, err := Kind().Check(t.Context(), object, s, func(c validation.Info) validation.Severity { return c.Severity })
		if err != nil {
			t.Fatal(err)
		}
		if got := len(found) > 0; got != denied {
			t.Errorf("%s: %v", expr, found)
		}
		for _, f := range found {
			if f.Check != "expr-syntax" {
				t.Errorf("%s: %s says %s", expr, f.Check, f.Problem)
			}
		}
	}
}
