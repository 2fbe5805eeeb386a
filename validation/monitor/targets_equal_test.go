package monitor_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kyaml "sigs.k8s.io/yaml"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/probe"
	"github.com/promgate/promgate/validation/scrapeconfig"
)

// TestTargetsEqual compares the check with the job that the operator would write: it speaks where
// two targets have the same labels after its relabelings, or where samples without labels of their own
// do, and nowhere else.
func TestTargetsEqual(t *testing.T) {
	p := &monitoringv1.Prometheus{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(16, 2))
	count := map[string]int{}
	for n := range 3000 {
		kind, object, part := randomStatic(t, r, g)
		found, err := kind.Check(t.Context(), object, validation.Snapshot{}, onlyTargetsEqual)
		if err != nil {
			t.Fatal(err)
		}
		said := "silent"
		switch {
		case len(found) > 0 && strings.Contains(found[0].Problem, "become one, which"):
			said = "one target"
		case len(found) > 0 && strings.Contains(found[0].Problem, "their series"):
			said = "series"
		case len(found) > 0:
			said = "samples"
		}
		is := equalityOf(t, part)
		count[said+", is "+is]++
		if said != is && is != "silent" && said != "silent" && len(found) == 1 || said == "silent" && is != "silent" && is != "samples" || said != "silent" && is == "silent" {
			text, _ := kyaml.Marshal(object)
			t.Fatalf("%d: said %s, is %s: %v\n%s", n, said, is, found, text)
		}
	}
	t.Log(count)
	if count["silent, is silent"] < 300 || count["one target, is one target"] < 50 || count["series, is series"] < 100 || count["samples, is samples"] < 30 {
		t.Errorf("the test is empty: %v", count)
	}
}

func onlyTargetsEqual(c validation.Info) validation.Severity {
	if c.ID == "targets-equal" {
		return validation.Warn
	}
	return validation.Off
}

func randomStatic(t *testing.T, r *rand.Rand, g *promconfig.Generator) (validation.Kind, any, promconfig.Part) {
	t.Helper()
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	some := func(of []string) (list []monitoringv1.RelabelConfig) {
		for range r.IntN(4) {
			var c monitoringv1.RelabelConfig
			if err := kyaml.UnmarshalStrict([]byte(pick(of...)), &c); err != nil {
				t.Fatal(err)
			}
			list = append(list, c)
		}
		return list
	}
	own := some([]string{
		`{targetLabel: instance, replacement: x}`, `{targetLabel: instance, replacement: ""}`, `{targetLabel: team, replacement: x}`,
		`{targetLabel: __address__, replacement: "prober:80"}`, `{sourceLabels: [__address__], targetLabel: __param_target}`,
		`{sourceLabels: [__param_target], targetLabel: instance}`, `{sourceLabels: [__address__], regex: "(.*):.*", targetLabel: instance}`,
		`{sourceLabels: [instance], targetLabel: page}`, `{action: labeldrop, regex: team}`, `{action: labeldrop, regex: "instance|__param_.*"}`,
		`{action: keep, sourceLabels: [team], regex: "a|"}`, `{action: labelmap, regex: __param_(.+)}`, `{action: hashmod, sourceLabels: [__address__], modulus: 2, targetLabel: bucket}`,
		`{action: keep, sourceLabels: [job], regex: ".*/shop/a"}`,
	})
	ofSamples := some([]string{
		`{action: labeldrop, regex: instance}`, `{action: labeldrop, regex: "team|page"}`, `{sourceLabels: [instance], targetLabel: kept}`,
		`{targetLabel: instance, replacement: x}`, `{action: labelkeep, regex: "__name__|job"}`, `{action: drop, sourceLabels: [__name__], regex: a}`,
	})
	set := func() map[string]string {
		set := map[string]string{}
		for _, name := range []string{"team", "instance", "job", "__metrics_path__"} {
			if r.IntN(5) == 0 {
				set[name] = pick("a", "b", "")
			}
		}
		return set
	}
	meta := metav1.ObjectMeta{Namespace: "shop", Name: "a"}
	targets := []string{"a:80", "b:80", "a:90", "a:80"}[:1+r.IntN(4)]
	if r.IntN(2) == 0 {
		p := &monitoringv1.Probe{ObjectMeta: meta}
		p.Spec.ProberSpec.URL, p.Spec.JobName, p.Spec.MetricRelabelConfigs = "prober:9115", pick("", "pages"), ofSamples
		p.Spec.Targets.StaticConfig = &monitoringv1.ProbeTargetStaticConfig{Targets: targets, Labels: set(), RelabelConfigs: own}
		return probe.Kind(), p, g.Probe(p.DeepCopy())
	}
	c := &monitoringv1alpha1.ScrapeConfig{ObjectMeta: meta}
	c.Spec.RelabelConfigs, c.Spec.MetricRelabelConfigs = own, ofSamples
	for range 1 + r.IntN(2) {
		one := monitoringv1alpha1.StaticConfig{Labels: set()}
		for _, target := range targets[:1+r.IntN(len(targets))] {
			one.Targets = append(one.Targets, monitoringv1alpha1.Target(target))
		}
		c.Spec.StaticConfigs = append(c.Spec.StaticConfigs, one)
	}
	return scrapeconfig.Kind(), c, g.ScrapeConfig(c.DeepCopy())
}

// equalityOf returns the strongest way in which two targets of a rendered job are the same, as
// Prometheus processes them (v0.316, scrape.PopulateLabels, scrape.Target and scrape.mutateSampleLabels).
func equalityOf(t *testing.T, part promconfig.Part) string {
	t.Helper()
	text, err := yaml.Marshal(part.Jobs[0].Fields)
	if err != nil {
		t.Fatal(err)
	}
	job := struct {
		JobName              string            `yaml:"job_name"`
		RelabelConfigs       []*relabel.Config `yaml:"relabel_configs"`
		MetricRelabelConfigs []*relabel.Config `yaml:"metric_relabel_configs"`
		StaticConfigs        []struct {
			Targets []string          `yaml:"targets"`
			Labels  map[string]string `yaml:"labels"`
		} `yaml:"static_configs"`
	}{}
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(string(text), "$(SHARD)", "0")), &job); err != nil {
		t.Fatal(err)
	}
	for _, c := range append(job.RelabelConfigs, job.MetricRelabelConfigs...) {
		if err := c.Validate(model.UTF8Validation); err != nil {
			t.Fatal(err)
		}
	}
	whole, seen, sampled, starts := map[string]string{}, map[string]string{}, map[string]string{}, map[string]bool{}
	is := "silent"
	for _, static := range job.StaticConfigs {
		for _, target := range static.Targets {
			b := labels.NewBuilder(labels.FromMap(static.Labels))
			b.Set("__address__", target)
			start := b.Labels().String()
			if starts[start] {
				continue
			}
			starts[start] = true
			for name, value := range map[string]string{"job": job.JobName, "__scheme__": "http", "__metrics_path__": "/metrics", "__scrape_interval__": "30s", "__scrape_timeout__": "10s"} {
				if b.Get(name) == "" {
					b.Set(name, value)
				}
			}
			if !relabel.ProcessBuilder(b, job.RelabelConfigs...) || b.Get("__address__") == "" {
				continue
			}
			if b.Get("instance") == "" {
				b.Set("instance", b.Get("__address__"))
			}
			all := b.Labels().String()
			b.Range(func(l labels.Label) {
				if strings.HasPrefix(l.Name, "__") {
					b.Del(l.Name)
				}
			})
			visible := b.Labels().String()
			b.Set("__name__", "up")
			sample := fmt.Sprint(start)
			if relabel.ProcessBuilder(b, job.MetricRelabelConfigs...) {
				sample = b.Labels().String()
			}
			switch {
			case whole[all] != "":
				is = "one target"
			case seen[visible] != "" && is != "one target":
				is = "series"
			case sampled[sample] != "" && is == "silent":
				is = "samples"
			}
			whole[all], seen[visible], sampled[sample] = "x", "x", "x"
		}
	}
	return is
}
