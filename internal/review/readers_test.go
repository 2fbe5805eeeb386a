package review

import (
	"fmt"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/judge"
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

// TestReadersOfAlertmanagerConfigs: what only VictoriaMetrics takes is warned of where Alertmanager would refuse it, and gets no
// labels. Where an Alertmanager selects it, nothing changes.
func TestReadersOfAlertmanagerConfigs(t *testing.T) {
	a := &monitoringv1.Alertmanager{}
	a.Namespace, a.Name = "monitoring", "main"
	a.Spec.AlertmanagerConfigSelector, a.Spec.AlertmanagerConfigNamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "a"}}, &metav1.LabelSelector{}
	reader, err := selection.NewReader("vm", selection.VictoriaMetrics, selection.VictoriaMetrics.Kinds(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	model := cluster.New(cluster.Options{Readers: []*selection.Reader{reader}})
	if err := model.Put(a); err != nil {
		t.Fatal(err)
	}
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	r := &Reviewer{Kinds: builtin.Kinds(), Cluster: model, Judge: permissive}
	kind, _ := validation.FindKind(r.Kinds, monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.AlertmanagerConfigKind))
	for team, want := range map[string]string{"a": "deny alertmanager-refuses", "b": "warn alertmanager-refuses"} {
		object := fmt.Sprintf(`{"metadata":{"name":"team","namespace":"shop","labels":{"team":%q}},"spec":{"route":{"receiver":"chat"},"receivers":[{"name":"chat","webhookConfigs":[{"url":"chat"}]}]}}`, team)
		result, err := r.Review(t.Context(), Request{Settings: Settings{Severity: validation.Policy{}.Severity}, Kind: kind, Namespace: "shop", Name: "team", Object: []byte(object)})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Findings) != 1 || fmt.Sprintf("%s %s", result.Findings[0].Severity, result.Findings[0].Check) != want {
			t.Errorf("team %s: %+v", team, result.Findings)
		}
	}
	if candidates, known := LabelCandidates(monitoringv1alpha1.AlertmanagerConfigKind, "team", nil, model.View("shop")); len(candidates) > 0 || !known {
		t.Errorf("it gets labels: %v", candidates)
	}
}
