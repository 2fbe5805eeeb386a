package judge_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/judge"
)

// TestOwnArguments: no release refuses an argument that the operator always sets.
func TestOwnArguments(t *testing.T) {
	j := permissive(t)
	var versions []string
	for minor := range 60 {
		versions = append(versions, fmt.Sprintf("2.%d.0", minor), fmt.Sprintf("v3.%d.0", minor))
	}
	for _, version := range versions {
		server, agent := &monitoringv1.Prometheus{}, &monitoringv1alpha1.PrometheusAgent{}
		server.Spec.Version, agent.Spec.Version = version, version
		for _, f := range slices.Concat(j.Object(server).Arguments, j.Object(agent).Arguments) {
			if version >= "2.32" || version[0] == 'v' { // the first release with agents
				t.Errorf("%s: %s", version, f.Problem)
			}
		}
	}
}

// TestManyArguments: the time for a command line is in proportion to its length.
func TestManyArguments(t *testing.T) {
	j := permissive(t)
	p := &monitoringv1.Prometheus{}
	for i := range 10_000 {
		p.Spec.AdditionalArgs = append(p.Spec.AdditionalArgs, monitoringv1.Argument{Name: "web.listen-address", Value: fmt.Sprintf(":%d", i)})
	}
	began := time.Now()
	if found := j.Object(p).Arguments; len(found) > 0 {
		t.Errorf("refused: %s", found[0].Problem)
	}
	t.Logf("%d arguments take %s", len(p.Spec.AdditionalArgs), time.Since(began))
}

func permissive(t *testing.T) *judge.Judge {
	t.Helper()
	j, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	return j
}
