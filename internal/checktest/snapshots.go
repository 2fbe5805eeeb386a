package checktest

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// Snapshots returns the snapshot of an object that no known Prometheus selects, and one
// for each version of Prometheus.
func Snapshots(t *testing.T, versions ...string) []validation.Snapshot {
	t.Helper()
	unknown, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	snapshots := []validation.Snapshot{unknown.Snapshot()}
	for _, version := range versions {
		p := &monitoringv1.Prometheus{}
		p.Namespace, p.Name = "monitoring", "main"
		p.Spec.Version, p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = version, "30s", "30s"
		g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
		if err != nil {
			t.Fatal(err)
		}
		snapshots = append(snapshots, judge.New(g, g.Global()).Snapshot())
	}
	return snapshots
}

// A FixedJudge returns its verdict for every object: a test that has asked the judge
// spares the checks from asking again.
type FixedJudge struct{ Verdict validation.Verdict }

// Object implements [validation.Judge].
func (j FixedJudge) Object(any) validation.Verdict { return j.Verdict }
