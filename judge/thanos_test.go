package judge_test

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/judge"
)

// TestRulerSnapshot: the names are those of the operator (v0.93.0), by the version of Thanos.
func TestRulerSnapshot(t *testing.T) {
	version := func(v string) *monitoringv1.ThanosRuler {
		r := &monitoringv1.ThanosRuler{}
		r.Namespace, r.Name = "monitoring", "ruler"
		if v != "" {
			r.Spec.Version = &v
		}
		return r
	}
	for v, want := range map[string]model.ValidationScheme{
		"": model.UTF8Validation, "v0.38.0": model.UTF8Validation, "0.39": model.UTF8Validation, "v0.37.9": model.LegacyValidation,
	} {
		ruler, err := judge.NewRuler(version(v))
		if err != nil {
			t.Errorf("version %q: %v", v, err)
			continue
		}
		s := ruler.Snapshot()
		if s.Names != want || s.Judge != ruler || !s.Prometheus.Thanos || s.Prometheus.Name != "monitoring/ruler" || s.PromQL.EnableExperimentalFunctions {
			t.Errorf("version %q: %+v", v, s)
		}
	}
	if _, err := judge.NewRuler(version("latest")); err == nil {
		t.Error("an invalid version is accepted")
	}
}
