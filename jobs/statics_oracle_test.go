package jobs_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	yamlv2 "go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// staticRelabelings make targets differ or not, in all possible ways.
var staticRelabelings = []string{
	`{targetLabel: owner, replacement: network}`,
	`{targetLabel: owner, replacement: network}`,
	`{targetLabel: owner, replacement: shop}`,
	`{targetLabel: owner, replacement: ""}`,
	`{targetLabel: owner, replacement: x$1y}`,
	`{targetLabel: owner, regex: "(.+)", replacement: never}`,
	`{sourceLabels: [__address__], regex: ".*", targetLabel: owner, replacement: network}`,
	`{sourceLabels: [instance], regex: "a.*", targetLabel: owner, replacement: shop}`,
	`{sourceLabels: [team, owner], separator: "/", targetLabel: both}`,
	`{sourceLabels: [job], targetLabel: owner}`,
	`{sourceLabels: [team], regex: "(.+)", targetLabel: "${1}", replacement: y}`,
	`{sourceLabels: [__param_module], targetLabel: module}`,
	`{sourceLabels: [__param_target], targetLabel: instance}`,
	`{sourceLabels: [__tmp_prometheus_job_name], targetLabel: from}`,
	`{sourceLabels: [__scrape_interval__], targetLabel: interval}`,
	`{targetLabel: instance, replacement: fixed}`,
	`{targetLabel: __tmp_owner, replacement: shop}`,
	`{sourceLabels: [__tmp_owner], regex: "(.+)", targetLabel: owner}`,
	`{action: labelmap, regex: "te(.+)"}`,
	`{action: labelmap, regex: "team", replacement: owner}`,
	`{action: labeldrop, regex: owner}`,
	`{action: labeldrop, regex: "owner|team"}`,
	`{action: labeldrop, regex: instance}`,
	`{action: labelkeep, regex: "__.*|job|instance"}`,
	`{action: hashmod, sourceLabels: [__address__], modulus: 2, targetLabel: shard}`,
	`{action: keep, sourceLabels: [owner], regex: "network|shop"}`,
	`{action: drop, sourceLabels: [team], regex: p}`,
	`{action: uppercase, sourceLabels: [owner], targetLabel: owner}`,
	`{targetLabel: job, replacement: fixed}`,
	`{targetLabel: __metrics_path__, replacement: /other}`,
}

var sampleRelabelings = []string{
	`{action: labeldrop, regex: owner}`,
	`{action: labeldrop, regex: "owner|team"}`,
	`{action: labelkeep, regex: "__name__|job|instance"}`,
	`{sourceLabels: [owner], targetLabel: kept}`,
	`{targetLabel: owner, replacement: late}`,
	`{action: keep, sourceLabels: [owner], regex: network}`,
	`{action: drop, sourceLabels: [__name__], regex: "go_.*"}`,
}

// aTarget is what Prometheus makes of a static target: its URL, its labels, and the labels of a
// sample. All are empty if Prometheus drops it.
type aTarget struct{ url, labels, sample string }

// TestStaticOracle: the index reports a clash of two Probes or of two ScrapeConfigs exactly if
// Prometheus' own relabeling gives two of their targets, or the samples of these, the same labels.
func TestStaticOracle(t *testing.T) {
	g := newGenerator(t)
	var clashes, apart, same, bySamples int
	for seed := range uint64(2000) {
		u := &universe{rnd: rand.New(rand.NewPCG(seed, 2))}
		a := u.static(t, "a", nil)
		b := u.static(t, "b", a)
		mine, theirs := jobs.MonitorOf(a), jobs.MonitorOf(b)
		x := indexOfAll(t)
		x.SetMonitor(theirs)
		found := x.Clashes(mine)
		ofMine, ofTheirs := targetsOf(t, g, a), targetsOf(t, g, b)
		series := slices.ContainsFunc(ofMine, func(m aTarget) bool {
			return slices.ContainsFunc(ofTheirs, func(o aTarget) bool { return m.url == o.url && m.labels == o.labels })
		})
		sampled := slices.ContainsFunc(ofMine, func(m aTarget) bool {
			return slices.ContainsFunc(ofTheirs, func(o aTarget) bool { return m.url == o.url && m.sample == o.sample && m.sample != "" })
		})
		certain := func(m *jobs.Monitor) bool {
			return !slices.ContainsFunc(m.Claims, func(c jobs.Claim) bool {
				return c.Job == (jobs.Job{}) || c.Filter != "" || strings.Contains(c.Address, "\n")
			})
		}
		switch {
		case len(found) > 0 && !series && !sampled:
			t.Fatalf("seed %d: false alarm: %+v\n%s\n%s\n%v\n%v", seed, found, text(t, a), text(t, b), ofMine, ofTheirs)
		case len(found) == 0 && series && certain(mine) && certain(theirs):
			t.Fatalf("seed %d: not reported:\n%s\n%s\n%v\n%v", seed, text(t, a), text(t, b), ofMine, ofTheirs)
		case len(found) > 0 && !series:
			bySamples++
		case len(found) > 0:
			clashes++
		case series:
			same++
		default:
			apart++
		}
	}
	t.Logf("%d clashes, %d by their samples, %d apart, %d the same and not reported", clashes, bySamples, apart, same)
	if clashes < 400 || bySamples < 5 || apart < 1000 || same > clashes {
		t.Error("too few to prove anything")
	}
}

// static makes a Probe or a ScrapeConfig, often like another one except for its relabelings.
func (u *universe) static(t *testing.T, name string, like metav1.Object) metav1.Object {
	t.Helper()
	set := map[string]string{}
	for _, label := range []string{"team", "owner", "job", "__tmp_owner", "__metrics_path__"} {
		if u.once(5) {
			set[label] = u.some("p", "network", "")
		}
	}
	target := u.some("a:80", "b:80")
	own, ofSamples := u.relabelings(t, staticRelabelings), []monitoringv1.RelabelConfig(nil)
	if u.once(3) {
		ofSamples = u.relabelings(t, sampleRelabelings)
	}
	switch like := like.(type) {
	case *monitoringv1.Probe:
		p := like.DeepCopy()
		p.Name = name
		if !u.once(4) {
			p.Spec.Targets.StaticConfig.RelabelConfigs = own
		}
		if u.once(2) {
			p.Spec.Targets.StaticConfig.Labels = set
		}
		if u.once(6) {
			p.Spec.MetricRelabelConfigs = ofSamples
		}
		return p
	case *monitoringv1alpha1.ScrapeConfig:
		c := like.DeepCopy()
		c.Name = name
		if !u.once(4) {
			c.Spec.RelabelConfigs = own
		}
		if u.once(2) {
			c.Spec.StaticConfigs[0].Labels = set
		}
		if u.once(6) {
			c.Spec.MetricRelabelConfigs = ofSamples
		}
		return c
	}
	jobName := u.some("web", "web", "other")
	if u.once(2) {
		p := &monitoringv1.Probe{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
		p.Spec.JobName, p.Spec.Module, p.Spec.ProberSpec.URL, p.Spec.ProberSpec.Path = jobName, "icmp", "prober:9115", "/probe"
		p.Spec.Targets.StaticConfig = &monitoringv1.ProbeTargetStaticConfig{Targets: []string{target, "c:80"}, Labels: set, RelabelConfigs: own}
		p.Spec.MetricRelabelConfigs = ofSamples
		return p
	}
	c := &monitoringv1alpha1.ScrapeConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
	c.Spec.JobName, c.Spec.RelabelConfigs, c.Spec.MetricRelabelConfigs = &jobName, own, ofSamples
	c.Spec.StaticConfigs = []monitoringv1alpha1.StaticConfig{{Targets: []monitoringv1alpha1.Target{monitoringv1alpha1.Target(target)}, Labels: set}, {Targets: []monitoringv1alpha1.Target{"c:80"}}}
	return c
}

func (u *universe) relabelings(t *testing.T, of []string) []monitoringv1.RelabelConfig {
	t.Helper()
	var list []monitoringv1.RelabelConfig
	for range u.rnd.IntN(4) {
		var r monitoringv1.RelabelConfig
		if err := yaml.UnmarshalStrict([]byte(u.some(of...)), &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func indexOfAll(t *testing.T) *jobs.Index {
	t.Helper()
	p := &monitoringv1.Prometheus{}
	everything := &metav1.LabelSelector{}
	p.Spec.ProbeSelector, p.Spec.ProbeNamespaceSelector = everything, everything
	p.Spec.ScrapeConfigSelector, p.Spec.ScrapeConfigNamespaceSelector = everything, everything
	s, err := selection.Of(p)
	if err != nil {
		t.Fatal(err)
	}
	x := jobs.NewIndex()
	x.SetPrometheus(selection.Ref{Kind: monitoringv1.PrometheusesKind, Namespace: "monitoring", Name: "k8s"}, s, nil)
	return x
}

// staticJob is a job with static targets, as Prometheus reads it.
type staticJob struct {
	JobName              string              `yaml:"job_name"`
	MetricsPath          string              `yaml:"metrics_path"`
	Scheme               string              `yaml:"scheme"`
	Params               map[string][]string `yaml:"params"`
	RelabelConfigs       []*relabel.Config   `yaml:"relabel_configs"`
	MetricRelabelConfigs []*relabel.Config   `yaml:"metric_relabel_configs"`
	StaticConfigs        []struct {
		Targets []string          `yaml:"targets"`
		Labels  map[string]string `yaml:"labels"`
	} `yaml:"static_configs"`
}

// targetsOf renders a monitor, and processes its targets as Prometheus does (v0.316,
// scrape.PopulateLabels and scrape.Target).
func targetsOf(t *testing.T, g *promconfig.Generator, object metav1.Object) []aTarget {
	t.Helper()
	var part promconfig.Part
	switch o := object.(type) {
	case *monitoringv1.Probe:
		part = g.Probe(o)
	case *monitoringv1alpha1.ScrapeConfig:
		part = g.ScrapeConfig(o)
	}
	rendered, err := yamlv2.Marshal(part.Jobs[0].Fields)
	if err != nil {
		t.Fatal(err)
	}
	c := staticJob{MetricsPath: "/metrics", Scheme: "http"}
	if err := yamlv2.Unmarshal([]byte(strings.ReplaceAll(string(rendered), "$(SHARD)", "0")), &c); err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Concat(c.RelabelConfigs, c.MetricRelabelConfigs) {
		if err := r.Validate(model.UTF8Validation); err != nil {
			t.Fatal(err)
		}
	}
	var all []aTarget
	for _, static := range c.StaticConfigs {
		for _, target := range static.Targets {
			if found, kept := c.target(target, static.Labels); kept {
				all = append(all, found)
			}
		}
	}
	return all
}

func (c *staticJob) target(target string, set map[string]string) (aTarget, bool) {
	b := labels.NewBuilder(labels.EmptyLabels())
	for name, value := range set {
		b.Set(name, value)
	}
	b.Set("__address__", target)
	defaults := map[string]string{"job": c.JobName, "__scrape_interval__": "30s", "__scrape_timeout__": "10s", "__metrics_path__": c.MetricsPath, "__scheme__": c.Scheme}
	for name, values := range c.Params {
		defaults["__param_"+name] = values[0]
	}
	for name, value := range defaults {
		if b.Get(name) == "" {
			b.Set(name, value)
		}
	}
	if !relabel.ProcessBuilder(b, c.RelabelConfigs...) || b.Get("__address__") == "" {
		return aTarget{}, false
	}
	if b.Get("instance") == "" {
		b.Set("instance", b.Get("__address__"))
	}
	params := maps.Clone(c.Params)
	url := b.Get("__scheme__") + "://" + b.Get("__address__") + b.Get("__metrics_path__")
	b.Range(func(l labels.Label) {
		if name, isParam := strings.CutPrefix(l.Name, "__param_"); isParam {
			if params == nil {
				params = map[string][]string{}
			}
			params[name] = []string{l.Value}
		}
		if strings.HasPrefix(l.Name, "__") {
			b.Del(l.Name)
		}
	})
	scraped := aTarget{url: fmt.Sprint(url, params), labels: b.Labels().String()}
	b.Set("__name__", "up")
	if relabel.ProcessBuilder(b, c.MetricRelabelConfigs...) {
		scraped.sample = b.Labels().String()
	}
	return scraped, true
}

func text(t *testing.T, object any) string {
	t.Helper()
	data, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	_, spec, _ := strings.Cut(string(data), "spec:")
	return spec
}
