package judge_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
)

// TestProvenRelabelings: a judge that has judged many objects says of each what one says that has judged none, whatever the
// scheme of names of the Prometheus is.
func TestProvenRelabelings(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	relabelings := func() (list []monitoringv1.RelabelConfig) {
		for range random.IntN(3) {
			c := monitoringv1.RelabelConfig{
				Action: text("", "", "replace", "replace", "keep", "drop", "labelmap", "hashmod", "keepequal"),
				Regex:  text("", "", "(.*)", "a|b", "a|b", "(a)", "$(SHARD)", "("), TargetLabel: text("a", "a", "a", "b", "", "${1}", "service.name"),
			}
			if random.IntN(2) == 0 {
				c.SourceLabels = []monitoringv1.LabelName{monitoringv1.LabelName(text("a", "b", "a-b"))}
			}
			if random.IntN(3) == 0 {
				c.Modulus = int64(random.IntN(3))
			}
			if random.IntN(3) == 0 {
				separator, replacement := text("", ";", "a\nb"), text("", "$1", "a-b", "${1}c")
				c.Separator, c.Replacement = &separator, &replacement
			}
			list = append(list, c)
		}
		return list
	}
	refused, accepted := 0, 0
	for _, spec := range []string{"version: v2.55.0", "version: v3.5.0", "version: v3.16.0", "version: v3.16.0\nnameValidationScheme: Legacy"} {
		_, experienced := generator(t, spec, promconfig.Placeholders{})
		for range 40 {
			m := &monitoringv1.ServiceMonitor{}
			m.Namespace, m.Name = "shop", text("web", "api")
			for range 1 + random.IntN(2) {
				m.Spec.Endpoints = append(m.Spec.Endpoints, monitoringv1.Endpoint{
					Port: text("web", "admin"), Interval: monitoringv1.Duration(text("", "", "10s", "2m")), ScrapeTimeout: monitoringv1.Duration(text("", "", "10s", "20s")), Path: text("", "/a"), RelabelConfigs: relabelings(), MetricRelabelConfigs: relabelings(),
				})
			}
			_, fresh := generator(t, spec, promconfig.Placeholders{})
			want, got := messages(fresh.Object(m).Refused), messages(experienced.Object(m).Refused)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s, %+v (-fresh +experienced):\n%s", spec, m.Spec, diff)
			}
			if len(want) > 0 {
				refused++
			} else {
				accepted++
			}
		}
	}
	if refused < 30 || accepted < 30 {
		t.Errorf("%d refused, %d accepted: too few of one sort", refused, accepted)
	}
}

func messages(found []validation.Finding) []string {
	var all []string
	for _, f := range found {
		all = append(all, f.Path.String()+": "+f.Problem)
	}
	return all
}

// TestProvenAllocations: what an object proved of its relabelings is not proven again.
func TestProvenAllocations(t *testing.T) {
	m := &monitoringv1.ServiceMonitor{}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}, {Port: "admin"}}
	first := testing.AllocsPerRun(1, func() {
		_, fresh := generator(t, "", promconfig.Placeholders{})
		fresh.Object(m)
	})
	_, j := generator(t, "", promconfig.Placeholders{})
	j.Object(m)
	if again := testing.AllocsPerRun(5, func() { j.Object(m) }); again > first/3 {
		t.Errorf("%.0f allocations, %.0f for the first object", again, first)
	}
}
