package monitor_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/podmonitor"
	"github.com/promgate/promgate/validation/servicemonitor"
)

// TestEndpointsAreTheSame compares the checks with the loaded endpoints: two endpoints are the same
// if Prometheus' loader reads the same from them, except for the job's name, interval, timeout and
// metric relabelings.
func TestEndpointsAreTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 3))
	p := &monitoringv1.Prometheus{}
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for range 1500 {
		kind, object, jobs := randomPair(r, g)
		raw, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		first, again := loaded(t, jobs[0]), loaded(t, jobs[1])
		want := ""
		switch {
		case first == again:
			want = "endpoint-repeated"
		case first.targets == again.targets:
			want = "endpoint-split"
		}
		got := ""
		for _, f := range findingsOf(t, kind, raw, validation.Permissive(), "endpoint-repeated", "endpoint-split") {
			got += f.Check
		}
		if got != want {
			t.Fatalf("%s\nthe checks report %q, want %q", raw, got, want)
		}
		count[got]++
	}
	t.Logf("%v", count)
	if count["endpoint-repeated"] < 100 || count["endpoint-split"] < 100 || count[""] < 100 {
		t.Errorf("the samples prove little: %v", count)
	}
}

// A scraping is a loaded job: which targets are scraped under which labels, how, and which samples
// are kept.
type scraping struct{ targets, rest, metrics string }

func loaded(t *testing.T, job promconfig.Job) scraping {
	t.Helper()
	entry, err := job.YAML()
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load("scrape_configs:\n"+string(entry), promslog.NewNopLogger())
	if err != nil {
		t.Fatalf("%s: %s", entry, err)
	}
	sc := c.ScrapeConfigs[0]
	relabelings := func(list []*relabel.Config) (all string) {
		for _, c := range list { // YAML distinguishes a default regular expression from the same one that is written
			all += fmt.Sprintf("%q %q %q %d %q %q %q\n", c.SourceLabels, c.Separator, c.Regex.String(), c.Modulus, c.TargetLabel, c.Replacement, c.Action)
		}
		return all
	}
	for name, values := range sc.Params {
		if len(values) == 0 { // not sent
			delete(sc.Params, name)
		}
	}
	var s scraping
	s.metrics = relabelings(sc.MetricRelabelConfigs)
	running := slices.IndexFunc(sc.RelabelConfigs, func(c *relabel.Config) bool { return c.Regex.String() == "(Failed|Succeeded)" })
	if running >= 0 {
		sc.RelabelConfigs = slices.Delete(sc.RelabelConfigs, running, running+1)
	}
	s.targets = fmt.Sprint("/"+strings.TrimPrefix(sc.MetricsPath, "/"), sc.Scheme, sc.Params, relabelings(sc.RelabelConfigs))
	sc.JobName, sc.ScrapeInterval, sc.ScrapeTimeout, sc.MetricRelabelConfigs, sc.RelabelConfigs = "", 0, 0, nil, nil
	sc.MetricsPath, sc.Scheme, sc.Params = "", "", nil
	rest, err := yaml.Marshal(sc)
	if err != nil {
		t.Fatal(err)
	}
	s.rest = fmt.Sprint(string(rest), running < 0)
	return s
}

func randomPair(r *rand.Rand, g *promconfig.Generator) (validation.Kind, any, []promconfig.Job) {
	if r.IntN(2) == 0 {
		m := &monitoringv1.ServiceMonitor{}
		first := randomEndpoint(r)
		again := first
		alter(r, &again.Path, &again.Scheme, &again.Params, &again.Interval, &again.RelabelConfigs, &again.MetricRelabelConfigs, &again.HTTPConfigWithoutTLS,
			&again.HonorLabels, &again.HonorTimestamps, &again.FilterRunning)
		if r.IntN(4) == 0 {
			again.TargetPort = randomTargetPort(r)
		}
		if r.IntN(8) == 0 {
			again.Port = anyOf(r, "", "web", "8080")
		}
		if r.IntN(8) == 0 {
			again.TLSConfig = anyOf(r, nil, &monitoringv1.TLSConfig{}, &monitoringv1.TLSConfig{SafeTLSConfig: monitoringv1.SafeTLSConfig{InsecureSkipVerify: new(true)}})
		}
		m.Spec.Endpoints = []monitoringv1.Endpoint{first, again}
		return servicemonitor.Kind(), m, g.ServiceMonitor(m).Jobs
	}
	m := &monitoringv1.PodMonitor{}
	e := randomEndpoint(r)
	first := monitoringv1.PodMetricsEndpoint{
		Path: e.Path, Params: e.Params, Scheme: e.Scheme, RelabelConfigs: e.RelabelConfigs, MetricRelabelConfigs: e.MetricRelabelConfigs,
		Port: anyOf(r, nil, new(""), new("web")), PortNumber: anyOf(r, nil, new(int32(8080)), new(int32(0))), TargetPort: e.TargetPort, //nolint:staticcheck // deprecated, and in use
	}
	again := first
	alter(r, &again.Path, &again.Scheme, &again.Params, &again.Interval, &again.RelabelConfigs, &again.MetricRelabelConfigs, &again.HTTPConfigWithoutTLS,
		&again.HonorLabels, &again.HonorTimestamps, &again.FilterRunning)
	if r.IntN(4) == 0 {
		again.TargetPort = randomTargetPort(r) //nolint:staticcheck // deprecated, and in use
	}
	if r.IntN(8) == 0 {
		again.Port = anyOf(r, nil, new(""), new("web"), new("8080"))
	}
	if r.IntN(8) == 0 {
		again.PortNumber = anyOf(r, nil, new(int32(0)), new(int32(8080)))
	}
	if r.IntN(8) == 0 {
		again.TLSConfig = anyOf(r, nil, &monitoringv1.SafeTLSConfig{}, &monitoringv1.SafeTLSConfig{InsecureSkipVerify: new(true)})
	}
	m.Spec.PodMetricsEndpoints = []monitoringv1.PodMetricsEndpoint{first, again}
	return podmonitor.Kind(), m, g.PodMonitor(m).Jobs
}

func randomEndpoint(r *rand.Rand) monitoringv1.Endpoint {
	var e monitoringv1.Endpoint
	e.Port, e.TargetPort = anyOf(r, "", "web"), randomTargetPort(r)
	e.Path, e.Scheme = anyOf(r, "", "/metrics", "metrics"), anyOf(r, nil, new(monitoringv1.Scheme("http")), new(monitoringv1.Scheme("HTTPS")))
	e.Params, e.RelabelConfigs, e.MetricRelabelConfigs = sameParams(r), sameRelabelings(r), sameRelabelings(r)
	return e
}

func randomTargetPort(r *rand.Rand) *intstr.IntOrString {
	return anyOf(r, nil, nil, new(intstr.FromString("web")), new(intstr.FromString("")), new(intstr.FromString("8080")),
		new(intstr.FromInt32(8080)), new(intstr.FromInt32(0)))
}

func sameParams(r *rand.Rand) map[string][]string {
	return anyOf(r, nil, map[string][]string{}, map[string][]string{"a": {"b"}}, map[string][]string{"a": {"b", "c"}}, map[string][]string{"a": {}})
}

func sameRelabelings(r *rand.Rand) []monitoringv1.RelabelConfig {
	return anyOf(r, nil, nil, []monitoringv1.RelabelConfig{},
		[]monitoringv1.RelabelConfig{{TargetLabel: "a"}},
		[]monitoringv1.RelabelConfig{{TargetLabel: "a", Action: "Replace", Regex: "(.*)", Replacement: new("$1"), Separator: new(";"), SourceLabels: []monitoringv1.LabelName{}}},
		[]monitoringv1.RelabelConfig{{TargetLabel: "a", Separator: new("")}},
		[]monitoringv1.RelabelConfig{{TargetLabel: "a"}, {TargetLabel: "b", SourceLabels: []monitoringv1.LabelName{"a", "c"}}},
		[]monitoringv1.RelabelConfig{{TargetLabel: "a"}, {TargetLabel: "b", SourceLabels: []monitoringv1.LabelName{"a;c"}}},
		[]monitoringv1.RelabelConfig{{Action: "keep", SourceLabels: []monitoringv1.LabelName{"a"}, Regex: "b"}},
	)
}

// alter changes a few fields of an endpoint, or writes the same value in another way.
func alter(r *rand.Rand, path *string, scheme **monitoringv1.Scheme, params *map[string][]string, interval *monitoringv1.Duration,
	relabelings, metricRelabelings *[]monitoringv1.RelabelConfig, client *monitoringv1.HTTPConfigWithoutTLS, honorLabels *bool, honorTimestamps, filterRunning **bool,
) {
	flag := func() *bool { return anyOf(r, nil, new(true), new(false)) }
	changes := []func(){
		func() { *path = anyOf(r, "", "/metrics", "metrics") },
		func() {
			*scheme = anyOf(r, nil, new(monitoringv1.Scheme("http")), new(monitoringv1.Scheme("HTTP")))
		},
		func() { *params = sameParams(r) },
		func() { *interval = "10s" },
		func() { *relabelings = sameRelabelings(r) },
		func() { *metricRelabelings = sameRelabelings(r) },
		func() { *metricRelabelings = sameRelabelings(r) },
		func() { client.FollowRedirects = flag() },
		func() { client.EnableHTTP2 = flag() },
		func() { client.Authorization = anyOf(r, nil, &monitoringv1.SafeAuthorization{}) },
		func() { *honorLabels = r.IntN(2) == 0 },
		func() { *honorTimestamps = flag() },
		func() { *filterRunning = flag() },
	}
	for range r.IntN(4) {
		changes[r.IntN(len(changes))]()
	}
}
