package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// listed calls visit for objects until it returns false, and then ends as an API server may.
type listed struct {
	objects []selection.Object
	end     func(context.Context) error
}

func (l listed) Objects(ctx context.Context, _, _ string, visit func(selection.Object) bool) error {
	for _, o := range l.objects {
		if !visit(o) {
			return nil
		}
	}
	if l.end != nil {
		return l.end(ctx)
	}
	return nil
}

// ruleOf returns a rule that Prometheus refuses before 2.51 if its number is 0.
func ruleOf(n int) *monitoringv1.PrometheusRule {
	expr := `{"expr": "up", "record": "a:up"}`
	if n == 0 {
		expr = `{"expr": "histogram_avg(rate(a[5m]))", "record": "a:avg"}`
	}
	rule := &monitoringv1.PrometheusRule{}
	text := fmt.Sprintf(`{"metadata":{"namespace":"shop","name":"rule-%03d"},"spec":{"groups":[{"name":"a","rules":[%s]}]}}`, n, expr)
	if err := json.Unmarshal([]byte(text), rule); err != nil {
		panic(err) // it is written above
	}
	return rule
}

func TestLookAhead(t *testing.T) {
	rules := func(n int) (all []selection.Object) {
		for i := range n {
			all = append(all, ruleOf(i))
		}
		return all
	}
	wait := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	cases := map[string]struct {
		reason string
		known  int
		lister Lister
		want   []string // parts of the first finding
		absent string
	}{
		"All":       {reason: "all are read", known: 3, lister: listed{objects: rules(3)}, want: []string{"it then refuses 1 PrometheusRule that it selects: shop/rule-000"}, absent: "looked at"},
		"Others":    {reason: "an object that the model does not know is newer than the update", known: 3, lister: listed{objects: rules(5)}, want: []string{"refuses 1 PrometheusRule"}, absent: "looked at"},
		"Deleted":   {reason: "what was deleted meanwhile is loaded by nobody", known: 3, lister: listed{objects: rules(3)[1:2]}},
		"Many":      {reason: "there is a limit", known: 600, lister: listed{objects: rules(600)}, want: []string{"refuses 1 PrometheusRule", "the first 500 of the 600 objects concerned were looked at"}},
		"Slow":      {reason: "the time is over", known: 3, lister: listed{objects: rules(1), end: wait}, want: []string{"refuses 1 PrometheusRule", "the first 1 of the 3 objects"}},
		"Clean":     {reason: "the rest may be refused", known: 3, lister: listed{objects: rules(2)[1:], end: wait}, want: []string{"whether it refuses what it then selects is not certain: the first 1 of the 3 objects concerned were looked at, and it refuses none of these"}},
		"Forbidden": {reason: "nothing can be read", known: 3, lister: listed{end: func(context.Context) error { return errors.New("forbidden") }}, want: []string{"is not certain: none of the 3 objects concerned could be looked at"}},
		"Files":     {reason: "there is no API server", known: 3},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			model := cluster.New(cluster.Options{})
			for i := range tc.known {
				if err := model.Put(cluster.DigestOf(ruleOf(i))); err != nil {
					t.Fatal(err)
				}
			}
			reviewer := &Reviewer{Kinds: builtin.AtAdmission(), Cluster: model, Objects: tc.lister}
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			defer cancel()
			result, err := reviewer.Review(ctx, update(t, reviewer, ofVersion("v2.55.1"), ofVersion("v2.45.0")))
			if err != nil {
				t.Fatal(err)
			}
			first := ""
			for _, f := range result.Findings {
				if f.Check == "selection-refused" {
					first = f.Problem
					break
				}
			}
			for _, part := range tc.want {
				if !strings.Contains(first, part) {
					t.Errorf("%s: %q has no %q", tc.reason, first, part)
				}
			}
			if len(tc.want) == 0 && first != "" || tc.absent != "" && strings.Contains(first, tc.absent) {
				t.Errorf("%s: %q", tc.reason, first)
			}
		})
	}
}

func ofVersion(version string) *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
	p.Spec.Version, p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = version, "30s", "30s"
	p.Spec.ServiceMonitorSelector, p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}, &metav1.LabelSelector{}
	return p
}

// update returns the request that replaces a Prometheus.
func update(t *testing.T, r *Reviewer, stored, object *monitoringv1.Prometheus) Request {
	t.Helper()
	kind, found := validation.FindKind(r.Kinds, monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusesKind))
	if !found {
		t.Fatal("no such kind")
	}
	request := Request{Kind: kind, Namespace: object.Namespace, Name: object.Name}
	request.Severity = func(check validation.Info, _ labels.Set) validation.Severity { return check.Severity }
	var err error
	if request.Object, err = json.Marshal(object); err != nil {
		t.Fatal(err)
	}
	if request.Stored, err = json.Marshal(stored); err != nil {
		t.Fatal(err)
	}
	return request
}
