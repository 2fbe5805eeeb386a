package promconfig_test

import (
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/promconfig"
)

// TestCostlyRulesAreNotParsed: an expression that would take the parser too long is not parsed,
// whether or not expressions are rewritten. For the parser, the second expression would be a
// mistake.
func TestCostlyRulesAreNotParsed(t *testing.T) {
	r := &monitoringv1.PrometheusRule{}
	r.Namespace, r.Name = "shop", "r"
	r.Spec.Groups = []monitoringv1.RuleGroup{{Name: "g", Rules: []monitoringv1.Rule{
		{Record: "cheap", Expr: intstr.FromString("up")},
		{Record: "costly", Expr: intstr.FromString("1 + 2 + 3 + (")},
	}}}
	for _, label := range []string{"", "namespace"} {
		p := &monitoringv1.Prometheus{}
		p.Spec.EnforcedNamespaceLabel = label
		options := promconfig.AsInstalled()
		options.ParseTime = 1
		g, err := promconfig.New(p, promconfig.Placeholders{}, options)
		if err != nil {
			t.Fatal(err)
		}
		file := g.RuleFile(r)
		if len(file.Rejections) != 1 || file.Content != nil {
			t.Fatalf("enforced label %q: %+v", label, file)
		}
		got := file.Rejections[0]
		if got.Field.String() != "spec.groups[0].rules[1].expr" || !strings.Contains(got.Reason, "to read this expression") {
			t.Errorf("enforced label %q: %s: %s", label, got.Field, got.Reason)
		}
	}
}
