package cluster

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestJudgesAs: only fields that no verdict on another object depends on may differ.
func TestJudgesAs(t *testing.T) {
	m := New(Options{})
	one := int32(1)
	for name, tc := range map[string]struct {
		change func(*monitoringv1.PrometheusSpec)
		want   bool
	}{
		"Same":     {func(*monitoringv1.PrometheusSpec) {}, true},
		"Replicas": {func(s *monitoringv1.PrometheusSpec) { s.Replicas = &one }, true},
		"Selector": {func(s *monitoringv1.PrometheusSpec) { s.RuleSelector = &metav1.LabelSelector{} }, true},
		"Version":  {func(s *monitoringv1.PrometheusSpec) { s.Version = "v2.45.0" }, false},
		"Features": {func(s *monitoringv1.PrometheusSpec) {
			s.EnableFeatures = []monitoringv1.EnableFeature{"promql-experimental-functions"}
		}, false},
		"Class":    {func(s *monitoringv1.PrometheusSpec) { s.ScrapeClasses = []monitoringv1.ScrapeClass{{Name: "a"}} }, false},
		"Interval": {func(s *monitoringv1.PrometheusSpec) { s.ScrapeInterval = "1m" }, false},
	} {
		before, after := prometheus("main", "shop"), prometheus("main", "shop")
		tc.change(&after.Spec)
		if got := m.Candidate(before).JudgesAs(m.Candidate(after)); got != tc.want {
			t.Errorf("%s: it judges alike: %t", name, got)
		}
	}
}

// TestNotJudging: each field on the list is one of some instance's.
func TestNotJudging(t *testing.T) {
	var fields []string
	var walk func(reflect.Type)
	walk = func(spec reflect.Type) {
		for f := range spec.Fields() {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if options == "inline" {
				walk(f.Type)
			}
			fields = append(fields, name)
		}
	}
	for _, spec := range []any{monitoringv1.PrometheusSpec{}, monitoringv1alpha1.PrometheusAgentSpec{}, monitoringv1.ThanosRulerSpec{}, monitoringv1.AlertmanagerSpec{}} {
		walk(reflect.TypeOf(spec))
	}
	for _, name := range notJudging {
		if !slices.Contains(fields, name) {
			t.Errorf("no instance has a field %s", name)
		}
	}
}
