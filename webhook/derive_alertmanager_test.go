package webhook

import (
	"encoding/json"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
)

// alertmanagersOf returns a model with Alertmanager objects, named by the team that they select. One without a team has a
// global AlertmanagerConfig of the name web.
func alertmanagersOf(t *testing.T, teams ...string) *cluster.Model {
	t.Helper()
	model := cluster.New(cluster.Options{})
	for _, team := range teams {
		name, value, selects := strings.Cut(team, "=")
		a := &monitoringv1.Alertmanager{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: name}}
		a.Spec.AlertmanagerConfigSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": value}}
		a.Spec.AlertmanagerConfigNamespaceSelector = &metav1.LabelSelector{}
		if !selects {
			a.Namespace, a.Spec.AlertmanagerConfiguration = "shop", &monitoringv1.AlertmanagerConfiguration{Name: "web"}
			a.Spec.AlertmanagerConfigSelector.MatchLabels = map[string]string{"team": "global"}
		}
		if err := model.Put(a); err != nil {
			t.Fatal(err)
		}
	}
	return model
}

func alertmanagerConfigWith(t *testing.T, version string, metadata map[string]any) runtime.RawExtension {
	t.Helper()
	metadata["name"], metadata["namespace"] = "web", "shop"
	raw, err := json.Marshal(map[string]any{
		"apiVersion": "monitoring.coreos.com/" + version, "kind": "AlertmanagerConfig", "metadata": metadata,
		"spec": map[string]any{
			"route":     map[string]any{"receiver": "chat"},
			"receivers": []any{map[string]any{"name": "chat", "webhookConfigs": []any{map[string]any{"url": "https://chat.example.com"}}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return runtime.RawExtension{Raw: raw}
}

// TestDerivedLabelsOfAlertmanagerConfigs: an AlertmanagerConfig of either version that no Alertmanager selects gets the labels
// that the Alertmanager requires, and no others. Otherwise a warning says what is missing.
func TestDerivedLabelsOfAlertmanagerConfigs(t *testing.T) {
	for name, c := range map[string]struct {
		reason         string
		alertmanagers  []string
		byDefault      string
		labels         map[string]string
		annotations    map[string]string
		stored         map[string]string
		patch, warning string
		putBack        string
	}{
		"None":      {reason: "as installed there are no labels"},
		"One":       {reason: "the label that the only Alertmanager requires", alertmanagers: []string{"main=a"}, patch: `{"team":"a"}`, warning: "no Alertmanager selects it: monitoring/main needs the label team=a"},
		"Selected":  {reason: "nothing is missing", alertmanagers: []string{"main=a", "other=b"}, labels: map[string]string{"team": "b"}},
		"TwoSetups": {reason: "only the user can choose one of two", alertmanagers: []string{"main=a", "other=b"}, warning: "monitoring/main needs the label team=a; monitoring/other needs the label team=b"},
		"Default":   {reason: "or the configuration chooses", alertmanagers: []string{"main=a", "other=b"}, byDefault: "monitoring/other", patch: `{"team":"b"}`, warning: "no Alertmanager"},
		"OptedOut":  {reason: "the annotation opts out", alertmanagers: []string{"main=a"}, annotations: map[string]string{defaulting.OptOut: "false"}, warning: "needs the label team=a"},
		"Other":     {reason: "a label is never changed", alertmanagers: []string{"main=a"}, labels: map[string]string{"team": "b"}, warning: "needs the label team to be a"},
		"Dropped": {
			reason: "added again, with a warning that says so", alertmanagers: []string{"main=a"}, stored: map[string]string{"team": "a"}, labels: map[string]string{"x": "y"},
			patch: `"/metadata/labels/team","value":"a"`, warning: "needs the label team=a", putBack: "put back team=a, so that an Alertmanager picks the object up",
		},
		"Dormant": {reason: "an update pulls nothing in", alertmanagers: []string{"main=a"}, stored: map[string]string{"x": "y"}, labels: map[string]string{"x": "z"}, warning: "needs the label team=a"},
		"Global":  {reason: "the Alertmanager refers to it by its name", alertmanagers: []string{"main"}},
	} {
		for _, version := range []string{"v1alpha1", "v1beta1"} {
			t.Run(name+"/"+version, func(t *testing.T) {
				r := serve(t, func(o *Options) {
					o.Reviewer.Cluster = alertmanagersOf(t, c.alertmanagers...)
					o.Settings.Labels.Alertmanager = c.byDefault
					o.Settings.Labels.Prometheus = "monitoring/main"
				})
				request := ruleRequest(`[]`)
				request.Kind.Kind, request.Kind.Version = "AlertmanagerConfig", version
				request.Object = alertmanagerConfigWith(t, version, map[string]any{"labels": c.labels, "annotations": c.annotations})
				if c.stored != nil {
					request.Operation = admissionv1.Update
					request.OldObject = alertmanagerConfigWith(t, version, map[string]any{"labels": c.stored})
				}
				mutated := r.review(t, "/mutate", request)
				if got := string(mutated.Patch); !strings.Contains(got, c.patch) || c.patch == "" && got != "" {
					t.Errorf("%s: patch %s", c.reason, got)
				}
				if got := strings.Join(mutated.Warnings, "\n"); !strings.Contains(got, c.putBack) || c.putBack == "" && got != "" {
					t.Errorf("%s: warnings of the mutation %q", c.reason, got)
				}
				validated := r.review(t, "/validate", request)
				if got := strings.Join(validated.Warnings, "\n"); !validated.Allowed || !strings.Contains(got, c.warning) || c.warning == "" && got != "" {
					t.Errorf("%s: allowed %v with warnings %q", c.reason, validated.Allowed, got)
				}
			})
		}
	}
}
