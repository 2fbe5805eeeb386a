package webhook

import (
	"encoding/json"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
)

// cluster returns a model with Prometheus objects, named by the release that they select.
func clusterOf(t *testing.T, releases ...string) *cluster.Model {
	t.Helper()
	set := cluster.New(cluster.Options{})
	for _, release := range releases {
		name, value, _ := strings.Cut(release, "=")
		p := &monitoringv1.Prometheus{}
		p.Namespace, p.Name = "monitoring", name
		p.Spec.ServiceMonitorSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"release": value}}
		p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}
		if err := set.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	return set
}

func monitorWith(t *testing.T, labels map[string]string) runtime.RawExtension {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
		"metadata": map[string]any{"name": "web", "namespace": "shop", "labels": labels},
		"spec":     map[string]any{"selector": map[string]any{}, "endpoints": []any{map[string]any{"port": "web"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return runtime.RawExtension{Raw: raw}
}

func TestDerivedLabels(t *testing.T) {
	cases := map[string]struct {
		reason         string
		prometheuses   []string
		byDefault      string
		stored, labels map[string]string
		patch          string
		warning        string
	}{
		"NoPrometheus":   {reason: "the configuration's labels", patch: `{"release":"prometheus"}`},
		"One":            {reason: "the label that the only Prometheus requires", prometheuses: []string{"main=blue"}, patch: `{"release":"blue"}`, warning: "monitoring/main needs the label release=blue"},
		"Selected":       {reason: "nothing is missing", prometheuses: []string{"main=blue", "other=red"}, labels: map[string]string{"release": "red"}},
		"TwoReplicas":    {reason: "two that require the same label count as one", prometheuses: []string{"main-0=blue", "main-1=blue"}, patch: `{"release":"blue"}`, warning: "needs the label release=blue"},
		"TwoSetups":      {reason: "only the user can choose one of two", prometheuses: []string{"main=blue", "other=red"}, warning: "no Prometheus selects it: monitoring/main needs the label release=blue; monitoring/other needs the label release=red"},
		"Default":        {reason: "or the configuration chooses", prometheuses: []string{"main=blue", "other=red"}, byDefault: "monitoring/other", patch: `{"release":"red"}`, warning: "no Prometheus"},
		"OtherValue":     {reason: "a label is never changed", prometheuses: []string{"main=blue"}, labels: map[string]string{"release": "x"}, warning: "needs the label release to be blue"},
		"Dropped":        {reason: "added again", prometheuses: []string{"main=blue", "other=red"}, stored: map[string]string{"release": "red"}, labels: map[string]string{"a": "b"}, patch: `"red"`, warning: "no Prometheus"},
		"Dormant":        {reason: "an update adds no label", prometheuses: []string{"main=blue"}, stored: map[string]string{"a": "b"}, labels: map[string]string{"a": "c"}, warning: "needs the label release=blue"},
		"DroppedByOther": {reason: "the user may drop a label by which nothing selected the object", prometheuses: []string{"main=blue"}, stored: map[string]string{"release": "x"}, labels: map[string]string{"a": "c"}, warning: "needs the label"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := serve(t, func(o *Options) {
				o.Reviewer.Cluster = clusterOf(t, tc.prometheuses...)
				o.Settings.Labels = defaulting.AsInstalled()
				o.Settings.Labels.Prometheus = tc.byDefault
			})
			request := ruleRequest(`[]`)
			request.Kind.Kind = "ServiceMonitor"
			request.Object = monitorWith(t, tc.labels)
			if tc.stored != nil {
				request.Operation = admissionv1.Update
				request.OldObject = monitorWith(t, tc.stored)
			}
			mutated := r.review(t, "/mutate", request)
			if got := string(mutated.Patch); !strings.Contains(got, tc.patch) || tc.patch == "" && got != "" {
				t.Errorf("%s: patch %s", tc.reason, got)
			}
			validated := r.review(t, "/validate", request)
			if got := strings.Join(validated.Warnings, "\n"); !validated.Allowed || !strings.Contains(got, tc.warning) || tc.warning == "" && got != "" {
				t.Errorf("%s: allowed %v with warnings %q", tc.reason, validated.Allowed, got)
			}
		})
	}
}
