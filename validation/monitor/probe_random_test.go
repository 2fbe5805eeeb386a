package monitor_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/probe"
)

// TestProbesAgainstJudge: of the fields for targets, only names of labels can make Prometheus
// refuse its configuration. If prober-url denies a Probe, the operator leaves it out.
func TestProbesAgainstJudge(t *testing.T) {
	snapshots := checktest.Snapshots(t, "v2.16.0", "v2.25.0", "v2.30.0", "v2.37.0", "v2.41.0", "v2.48.0", "v2.55.0", "v3.0.0", "v3.16.0")
	r := rand.New(rand.NewPCG(1, 8))
	count := map[string]int{}
	for n := range 600 {
		object := probeWithTargets(r)
		raw, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		s := snapshots[n%len(snapshots)]
		verdict := s.Judge.Object(object)
		s.Judge = checktest.FixedJudge{Verdict: verdict}
		found, err := probe.Kind().Run(context.Background(), raw, s, func(c validation.Info) validation.Severity {
			switch c.ID {
			case "static-label", "prober-url", "configuration":
				return c.Severity
			}
			return validation.Off
		})
		if err != nil {
			t.Fatal(err)
		}
		denied := map[string]bool{}
		for _, f := range validation.Settled(found) {
			denied[f.Check] = true
		}
		leftOut := false
		for _, f := range verdict.LeftOut {
			leftOut = leftOut || f.Path.String() == "spec.prober.url"
		}
		switch isOld := !s.Prometheus.Has(since.UTF8Names); {
		case denied["configuration"]:
			t.Errorf("no check reports what Prometheus %s refuses: %s\n%s", s.Prometheus.Version, report.Line(verdict.Refused[0], report.Limits{}), raw)
		case denied["static-label"] && len(verdict.Refused) == 0 && !isOld, // the linked loader accepts UTF-8
			!denied["static-label"] && len(verdict.Refused) > 0:
			t.Errorf("Prometheus %s: %v and %v\n%s", s.Prometheus.Version, found, verdict.Refused, raw)
		case denied["prober-url"] && !leftOut:
			t.Errorf("denied, but the operator includes it: %v\n%s", found, raw)
		}
		for id := range denied {
			count[id]++
		}
	}
	if count["static-label"] < 50 || count["prober-url"] < 50 {
		t.Errorf("too few objects were denied: %v", count)
	}
}

// nameTexts are edge values of YAML and of names.
var nameTexts = []string{"", " ", "a", "A", "<<", "=", "a: b", "a.b", "1", "Null", "NULL", "\u0085", "\u2028", "\ufeff", "\x00", "größe", "{{", "$(A)", "a\nb", "__name__"}

// mostly returns the first text with a chance of percent, and otherwise one of the rest.
func mostly(r *rand.Rand, percent int, first string, rest ...string) string {
	if r.IntN(100) < percent {
		return first
	}
	return anyOf(r, rest...)
}

func probeWithTargets(r *rand.Rand) *monitoringv1.Probe {
	p := &monitoringv1.Probe{}
	p.Spec.JobName, p.Spec.Module = mostly(r, 50, "", nameTexts...), mostly(r, 50, "http_2xx", nameTexts...)
	p.Spec.ProberSpec.URL = mostly(r, 60, "a:9115", append([]string{
		"a", "a.b.c:1", "[::1]:9115", "::1", "[::1]", "1.2.3.4:80", "a_b:80", "größe:80", "a:", ":80", "a:b", "a:0", "a:65536", "a:+1", "http://a", "a/b", "a b:80", "[::1", "a:80:90",
	}, nameTexts...)...)
	if r.IntN(3) > 0 {
		static := &monitoringv1.ProbeTargetStaticConfig{Labels: map[string]string{}}
		for range r.IntN(3) {
			static.Targets = append(static.Targets, mostly(r, 50, "https://a", nameTexts...))
			static.Labels[mostly(r, 50, "env", nameTexts...)] = mostly(r, 50, "prod", nameTexts...)
		}
		p.Spec.Targets.StaticConfig = static
	}
	if r.IntN(3) > 0 {
		p.Spec.Targets.Ingress = &monitoringv1.ProbeTargetIngress{
			Selector:          metav1.LabelSelector{MatchLabels: map[string]string{mostly(r, 50, "app", nameTexts...): mostly(r, 50, "a", nameTexts...)}},
			NamespaceSelector: monitoringv1.NamespaceSelector{MatchNames: []string{mostly(r, 50, "a", nameTexts...)}},
		}
	}
	return p
}
