package audit_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

func prometheus(selector *metav1.LabelSelector) *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "main"}}
	p.Spec.ServiceMonitorSelector = selector
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	return p
}

func monitor(name string, age time.Duration, endpoint monitoringv1.Endpoint) *monitoringv1.ServiceMonitor {
	created := metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(-age))
	m := &monitoringv1.ServiceMonitor{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, CreationTimestamp: created}}
	m.Spec.Selector.MatchLabels = map[string]string{"app": "web"}
	m.Spec.Endpoints = []monitoringv1.Endpoint{endpoint}
	return m
}

func withLogin() monitoringv1.Endpoint {
	key := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: "user"}
	e := monitoringv1.Endpoint{Port: "web"}
	e.BasicAuth = &monitoringv1.BasicAuth{Username: key, Password: key}
	return e
}

func TestRun(t *testing.T) {
	all := &metav1.LabelSelector{}
	web := monitoringv1.Endpoint{Port: "web"}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "login"}, Data: map[string][]byte{"user": []byte("a")}}
	for name, c := range map[string]struct {
		reason  string
		objects []selection.Object
		change  func(*audit.Options)
		want    []string
	}{
		"Clean":          {reason: "a monitor that is selected", objects: []selection.Object{prometheus(all), monitor("a", 0, web)}},
		"Broken":         {reason: "a port that does not compile", objects: []selection.Object{prometheus(all), monitor("a", 0, monitoringv1.Endpoint{Port: "x("})}, want: []string{"ServiceMonitor a deny port-regex"}},
		"Unselected":     {reason: "no Prometheus selects it", objects: []selection.Object{prometheus(&metav1.LabelSelector{MatchLabels: map[string]string{"a": "b"}}), monitor("a", 0, web)}, want: []string{"ServiceMonitor a warn not-selected"}},
		"Clash":          {reason: "of two monitors that clash, the younger loses", objects: []selection.Object{prometheus(all), monitor("a", 0, web), monitor("b", time.Hour, web)}, want: []string{"ServiceMonitor a deny duplicate-job", "ServiceMonitor b warn duplicate-job-passes"}},
		"SecretMissing":  {reason: "the Secret does not exist", objects: []selection.Object{prometheus(all), monitor("a", 0, withLogin())}, want: []string{"ServiceMonitor a deny configuration", "ServiceMonitor a deny configuration"}},
		"SecretThere":    {reason: "the Secret exists", objects: []selection.Object{prometheus(all), monitor("a", 0, withLogin()), secret}},
		"SecretsUnread":  {reason: "Secrets could not be read", objects: []selection.Object{prometheus(all), monitor("a", 0, withLogin())}, change: func(o *audit.Options) { o.Assets = false }},
		"OtherNamespace": {reason: "the namespace is not reported on", objects: []selection.Object{prometheus(all), monitor("a", 0, monitoringv1.Endpoint{Port: "x("})}, change: func(o *audit.Options) { o.Namespaces = []string{"bank"} }},
		"Unusable":       {reason: "a selector of the Prometheus is not valid", objects: []selection.Object{prometheus(&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Is"}}})}, want: []string{"Prometheus main deny unusable-instance"}},
	} {
		t.Run(name, func(t *testing.T) {
			permissive, err := judge.Permissive()
			if err != nil {
				t.Fatal(err)
			}
			o := audit.Options{Kinds: builtin.Kinds(), Judge: permissive, Settings: review.Settings{Severity: validation.Policy{}.Severity}, Assets: true}
			if c.change != nil {
				c.change(&o)
			}
			r, err := audit.Run(t.Context(), c.objects, o)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range r.Findings {
				got = append(got, fmt.Sprintf("%s %s %s %s", f.Kind, f.Name, f.Finding.Severity, f.Finding.Check))
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
