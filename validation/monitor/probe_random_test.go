package monitor_test

import (
	"context"
	"math/rand/v2"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/probe"
)

// Of the targets of a Probe only the names of labels can make Prometheus refuse its
// configuration; and what prober-url denies, the operator leaves out.
func TestProbesAgainstJudge(t *testing.T) {
	snapshots := discoverySnapshots(t)
	g := discoveryGenerator{rand.New(rand.NewPCG(1, 8))}
	count := map[string]int{}
	for n := range 600 {
		object := g.probe()
		s := snapshots[n%len(snapshots)]
		verdict := s.Judge.Object(object)
		s.Judge = judged{verdict}
		found, err := probe.Kind().Run(context.Background(), rawOf(t, object), s, func(c validation.Info) validation.Severity {
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
			leftOut = leftOut || f.Path == "spec.prober.url"
		}
		switch isOld := !s.Prometheus.Has(since.UTF8Names); {
		case denied["configuration"]:
			t.Errorf("no check names what Prometheus %s refuses: %s\n%s", s.Prometheus.Version, verdict.Refused[0].Line(), rawOf(t, object))
		case denied["static-label"] && len(verdict.Refused) == 0 && !isOld, // the loader of today takes UTF-8
			!denied["static-label"] && len(verdict.Refused) > 0:
			t.Errorf("Prometheus %s: %v and %v\n%s", s.Prometheus.Version, found, verdict.Refused, rawOf(t, object))
		case denied["prober-url"] && !leftOut:
			t.Errorf("denied though the operator takes it: %v\n%s", found, rawOf(t, object))
		}
		for id := range denied {
			count[id]++
		}
	}
	if count["static-label"] < 50 || count["prober-url"] < 50 {
		t.Errorf("too few objects were denied: %v", count)
	}
}

func (g discoveryGenerator) probe() *monitoringv1.Probe {
	p := &monitoringv1.Probe{}
	p.Spec.JobName, p.Spec.Module = pickOf(g, 50, "", oddTexts...), pickOf(g, 50, "http_2xx", oddTexts...)
	p.Spec.ProberSpec.URL = pickOf(g, 60, "a:9115", append([]string{
		"a", "a.b.c:1", "[::1]:9115", "::1", "[::1]", "1.2.3.4:80", "a_b:80", "größe:80", "a:", ":80", "a:b", "a:0", "a:65536", "a:+1", "http://a", "a/b", "a b:80", "[::1", "a:80:90",
	}, oddTexts...)...)
	if g.IntN(3) > 0 {
		static := &monitoringv1.ProbeTargetStaticConfig{Labels: map[string]string{}}
		for range g.IntN(3) {
			static.Targets = append(static.Targets, pickOf(g, 50, "https://a", oddTexts...))
			static.Labels[pickOf(g, 50, "env", oddTexts...)] = pickOf(g, 50, "prod", oddTexts...)
		}
		p.Spec.Targets.StaticConfig = static
	}
	if g.IntN(3) > 0 {
		p.Spec.Targets.Ingress = &monitoringv1.ProbeTargetIngress{
			Selector:          metav1.LabelSelector{MatchLabels: map[string]string{pickOf(g, 50, "app", oddTexts...): pickOf(g, 50, "a", oddTexts...)}},
			NamespaceSelector: monitoringv1.NamespaceSelector{MatchNames: []string{pickOf(g, 50, "a", oddTexts...)}},
		}
	}
	return p
}
