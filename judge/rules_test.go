package judge_test

import (
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
)

// TestRuleFileOfVersion: a rule file is judged as the version of the Prometheus reads it.
func TestRuleFileOfVersion(t *testing.T) {
	for name, test := range map[string]struct {
		version, feature, expr, annotation string
		want                               string // the place of the finding; empty if there is none
	}{
		"Function":         {version: "v3.5.0", expr: "first_over_time(x[5m])", want: "spec.groups[0].rules[0].expr"},
		"NewFunction":      {version: "v3.14.0", expr: "first_over_time(x[5m])"},
		"WithFlag":         {version: "v3.8.0", feature: "promql-experimental-functions", expr: "first_over_time(x[5m])"},
		"RemovedFunction":  {version: "v3.5.0", expr: "holt_winters(x[5m], 0.5, 0.5)", want: "spec.groups[0].rules[0].expr"},
		"OldFunction":      {version: "v2.55.0", expr: "holt_winters(x[5m], 0.5, 0.5)"},
		"TemplateFunction": {version: "v3.5.0", expr: "up", annotation: "{{ now }}", want: "spec.groups[0].rules[0].annotations[a]"},
		"NewTemplate":      {version: "v3.6.0", expr: "up", annotation: "{{ now }}"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &monitoringv1.Prometheus{}
			p.Spec.Version = test.version
			p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
			if test.feature != "" {
				p.Spec.EnableFeatures = []monitoringv1.EnableFeature{monitoringv1.EnableFeature(test.feature)}
			}
			g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
			if err != nil {
				t.Fatal(err)
			}
			rule := &monitoringv1.PrometheusRule{Spec: monitoringv1.PrometheusRuleSpec{Groups: []monitoringv1.RuleGroup{{
				Name:  "g",
				Rules: []monitoringv1.Rule{{Alert: "A", Expr: intstr.FromString(test.expr), Annotations: map[string]string{"a": test.annotation}}},
			}}}}
			var places []string
			for _, f := range judge.New(g, g.Global()).RuleFile(g.RuleFile(rule), rule) {
				places = append(places, f.Path.String())
			}
			if got := strings.Join(places, " "); got != test.want {
				t.Errorf("findings at %q, want %q", got, test.want)
			}
		})
	}
}
