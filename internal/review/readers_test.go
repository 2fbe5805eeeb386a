package review

import (
	"fmt"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// TestReaders: who reads an object that no instance selects decides what is said of it.
func TestReaders(t *testing.T) {
	const rule = `{"kind":"PrometheusRule","metadata":{"name":"a","namespace":"shop","labels":{%s}},"spec":{"groups":[{"name":"g","rules":[{"record":"a:b","expr":"%s"}]}]}}`
	const monitor = `{"kind":"ServiceMonitor","metadata":{"name":"a","namespace":"shop","labels":{%s}},"spec":{"selector":{},"endpoints":[{"port":"web","interval":"%s"}]}}`
	model := modelOf(t, "main")
	var readers []*selection.Reader
	for _, engine := range selection.Engines() {
		r, err := selection.NewReader(string(engine), engine, engine.Kinds(), &metav1.LabelSelector{MatchLabels: map[string]string{string(engine): "yes"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	for name, c := range map[string]struct {
		model  *cluster.Model
		kind   string
		object string
		want   string
	}{
		"Loki":             {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"Loki":"yes"`, "sum(up"), want: "foreign"},
		"Other":            {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"Other":"yes"`, "sum(up"), want: "foreign"},
		"LokiAndMimir":     {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"Loki":"yes","Mimir":"yes"`, "sum(up"), want: "foreign"},
		"Mimir":            {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"Mimir":"yes"`, "sum(up"), want: "deny"},
		"VictoriaMetrics":  {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"VictoriaMetrics":"yes"`, "rate(x) default 0"), want: ""},
		"BadMetricsQL":     {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"VictoriaMetrics":"yes"`, "sum(up"), want: "deny"},
		"OneOfTwo":         {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"VictoriaMetrics":"yes","Mimir":"yes"`, "rate(x) default 0"), want: "warn"},
		"BothRefuse":       {kind: "PrometheusRule", object: fmt.Sprintf(rule, `"VictoriaMetrics":"yes","Mimir":"yes"`, "sum(up"), want: "deny"},
		"OpenTelemetry":    {kind: "ServiceMonitor", object: fmt.Sprintf(monitor, `"OpenTelemetry":"yes"`, "1 hour"), want: "deny"},
		"AlloyMonitor":     {kind: "ServiceMonitor", object: fmt.Sprintf(monitor, `"Alloy":"yes"`, "1 hour"), want: "warn"},
		"VictoriaMonitor":  {kind: "ServiceMonitor", object: fmt.Sprintf(monitor, `"VictoriaMetrics":"yes"`, "1 hour"), want: "warn"},
		"SelectedAsWell":   {model: model, kind: "ServiceMonitor", object: fmt.Sprintf(monitor, `"VictoriaMetrics":"yes"`, "1 hour"), want: "deny"},
		"NobodyTakesRules": {kind: "PrometheusRule", object: fmt.Sprintf(rule, "", "sum(up"), want: "deny"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.model == nil {
				c.model = cluster.New(cluster.Options{})
			}
			c.model.SetReaders(readers)
			r := &Reviewer{Kinds: builtin.Kinds(), Cluster: c.model}
			result, err := r.Review(t.Context(), Request{Kind: kindNamed(t, c.kind), Namespace: "shop", Name: "a", Object: []byte(c.object), Settings: Settings{Severity: severe}})
			if err != nil {
				t.Fatal(err)
			}
			got := string(result.Passed)
			for _, f := range result.Findings {
				if got == "" || f.Severity == validation.Deny {
					got = string(f.Severity)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q: %+v", got, c.want, result.Findings)
			}
		})
	}
}

// TestNoLabelsForReaders: an object that a reader takes gets no labels with which a Prometheus would select it, too.
func TestNoLabelsForReaders(t *testing.T) {
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "main"
	p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"release": "main"}}, &metav1.LabelSelector{}
	loki, err := selection.NewReader("logs", selection.Loki, selection.Loki.Kinds(), &metav1.LabelSelector{MatchLabels: map[string]string{"rules": "loki"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	model := cluster.New(cluster.Options{Readers: []*selection.Reader{loki}})
	if err := model.Put(p); err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]int{"loki": 0, "other": 1} {
		candidates, known := LabelCandidates("PrometheusRule", "", map[string]string{"rules": label}, model.View("shop"))
		if len(candidates) != want || !known {
			t.Errorf("%s: %v, %v", label, candidates, known)
		}
	}
}
