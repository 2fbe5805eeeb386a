package review

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

const (
	recording = `{"metadata":{"name":"web","namespace":"shop"},"spec":{"groups":[{"name":"web","rules":[{"record":"job:web:rate5m","expr":"sum by (job) (rate(web[5m]))"}]}]}}`
	renamed   = `{"metadata":{"name":"web","namespace":"shop"},"spec":{"groups":[{"name":"web","rules":[{"record":"job:web:rate1m","expr":"sum by (job) (rate(web[1m]))"}]}]}}`
	using     = `{"metadata":{"name":"alerts","namespace":"shop"},"spec":{"groups":[{"name":"alerts","rules":[{"alert":"Slow","expr":"job:web:rate5m < 1"}]}]}}`
)

// TestRulesOfOthers: the model knows what other rules record and use from digests, as informers
// keep them.
func TestRulesOfOthers(t *testing.T) {
	put := func(model *cluster.Model, text string) {
		t.Helper()
		rule := &monitoringv1.PrometheusRule{}
		if err := json.Unmarshal([]byte(text), rule); err != nil {
			t.Fatal(err)
		}
		if err := model.Put(cluster.DigestOf(rule)); err != nil {
			t.Fatal(err)
		}
	}
	users := selection.Ref{Kind: "PrometheusRule", Namespace: "shop", Name: "alerts"}
	cases := map[string]struct {
		known          []string
		then           func(*cluster.Model)
		object, stored string
		want           []string
	}{
		"Removed":      {known: []string{recording, using}, object: renamed, stored: recording, want: []string{"record-removed"}},
		"Kept":         {known: []string{recording, using}, object: recording, stored: renamed},
		"New":          {known: []string{using}, object: renamed},
		"Deleted":      {known: []string{recording, using}, then: func(m *cluster.Model) { m.Delete(users) }, object: renamed, stored: recording},
		"Forgotten":    {known: []string{recording, using}, then: func(m *cluster.Model) { m.Forget("PrometheusRule") }, object: renamed, stored: recording},
		"Repeated":     {known: []string{recording}, object: fmt.Sprintf(`{"metadata":{"name":"second","namespace":"shop"},%s`, recording[len(`{"metadata":{"name":"web","namespace":"shop"},`):]), want: []string{"record-repeated"}},
		"Itself":       {known: []string{recording}, object: recording},
		"ItselfStored": {known: []string{recording}, object: recording, stored: renamed},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			model := cluster.New(cluster.Options{})
			p := &monitoringv1.Prometheus{}
			p.Namespace, p.Name = "monitoring", "main"
			p.Spec.RuleSelector, p.Spec.RuleNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
			if err := model.Put(p); err != nil {
				t.Fatal(err)
			}
			for _, text := range tc.known {
				put(model, text)
			}
			if tc.then != nil {
				tc.then(model)
			}
			var object metav1.PartialObjectMetadata
			if err := json.Unmarshal([]byte(tc.object), &object); err != nil {
				t.Fatal(err)
			}
			request := Request{
				Kind: kindNamed(t, "PrometheusRule"), Namespace: object.Namespace, Name: object.Name, Object: []byte(tc.object),
				Settings: Settings{Severity: func(validation.Info, labels.Set) validation.Severity { return validation.Deny }},
			}
			if tc.stored != "" {
				request.Stored = []byte(tc.stored)
			}
			reviewer := &Reviewer{Kinds: builtin.Kinds(), Cluster: model}
			result, err := reviewer.Review(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range result.Findings {
				if f.Severity != validation.Deny {
					t.Errorf("the stored object excuses %s", f.Check)
				}
				got = append(got, f.Check)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
