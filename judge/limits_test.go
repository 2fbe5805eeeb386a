package judge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/promconfig"
)

// narrow returns limits that usual values exceed.
func narrow() judge.Limits {
	return judge.Limits{NoValue: []string{"remove"}, Instructions: 50, Relabelings: 100, Interval: time.Minute, Reserved: 100_000, Connections: 10, Concurrent: 2, Paths: judge.DefaultLimits().Paths}
}

// TestUnloadable checks that no path to the loader bypasses the limits: Object, Part and Global
// refuse values that the loader accepts.
func TestUnloadable(t *testing.T) {
	const (
		noRegex = "YAML reads the regular expression remove as no value, quoted or not; write (remove)"
		large   = "the regular expressions compile to more than 50 instructions"
	)
	for name, c := range map[string]struct{ prometheus, endpoint, want string }{
		"an expression":                 {endpoint: "relabelings: [{targetLabel: ok}, {targetLabel: a, regex: remove}]", want: "spec.endpoints[0].relabelings[1]: " + noRegex},
		"an expression for samples":     {endpoint: "metricRelabelings: [{targetLabel: a, regex: remove}]", want: "spec.endpoints[0].metricRelabelings[0]: " + noRegex},
		"a port":                        {endpoint: "port: remove", want: "spec.endpoints[0].port: " + noRegex},
		"an action":                     {endpoint: "relabelings: [{targetLabel: a, action: remove}]", want: "spec.endpoints[0].relabelings[0]: YAML reads the action remove as no value, quoted or not; omit the field"},
		"a large expression":            {endpoint: "relabelings: [{targetLabel: a, regex: '(a{20}){4}'}]", want: "spec.endpoints[0].relabelings[0]: " + large},
		"a class":                       {prometheus: "scrapeClasses: [{name: a, relabelings: [{targetLabel: a, regex: remove}]}]", want: "spec.scrapeClasses[0].relabelings[0]: " + noRegex},
		"an Alertmanager":               {prometheus: "alerting: {alertmanagers: [{name: a, port: b, alertRelabelings: [{targetLabel: a, regex: remove}]}]}", want: noRegex},
		"a remote write":                {prometheus: "remoteWrite: [{url: http://a, writeRelabelConfigs: [{targetLabel: a, regex: remove}]}]", want: "spec.remoteWrite[0].writeRelabelConfigs[0]: " + noRegex},
		"a scrape configuration in use": {prometheus: "additionalScrapeConfigs: {name: extra, key: list}", want: "spec.additionalScrapeConfigs[0]: " + noRegex},
	} {
		t.Run(name, func(t *testing.T) {
			additional := text("- job_name: a\n  relabel_configs:\n  - {target_label: a, regex: remove}\n")
			said := func(limits judge.Limits) string {
				g, j := generatorWithin(t, limits, c.prometheus, additional)
				if c.endpoint == "" {
					return lines(j.Global())
				}
				m := &monitoringv1.ServiceMonitor{}
				read(t, "metadata: {name: web, namespace: shop}\nspec: {selector: {}, endpoints: ["+endpointWith(c.endpoint)+"]}", m)
				part, object := lines(j.Part(g.ServiceMonitor(m))), lines(j.Object(m).Refused)
				if part != object {
					t.Errorf("the part is refused with %q, the object with %q", part, object)
				}
				return object
			}
			limits := judge.DefaultLimits()
			limits.NoValue, limits.Instructions = narrow().NoValue, narrow().Instructions
			expect(t, said(limits), c.want)
			if strings.Contains(said(judge.DefaultLimits()), c.want) {
				t.Error("refused by the default limits as well: the test proves nothing")
			}
		})
	}
}

func endpointWith(fields string) string {
	if strings.HasPrefix(fields, "port: ") {
		return "{" + fields + "}"
	}
	return "{port: web, " + fields + "}"
}

// TestUnusable checks the limits that apply to loaded values.
func TestUnusable(t *testing.T) {
	for prometheus, want := range map[string]string{
		"remoteWrite: [{url: http://a, metadataConfig: {send: true, sendInterval: 30s}}]": "spec.remoteWrite[0].metadataConfig.sendInterval: the interval has no length",
		"remoteWrite: [{url: http://a, metadataConfig: {send: true, sendInterval: 1m}}]":  "",
		"remoteWrite: [{url: http://a, queueConfig: {capacity: 200000}}]":                 "spec.remoteWrite[0].queueConfig.capacity: is more than 100000",
		"remoteWrite: [{url: http://a, queueConfig: {maxSamplesPerSend: 200000}}]":        "spec.remoteWrite[0].queueConfig.maxSamplesPerSend: is more than 100000",
		"remoteWrite: [{url: http://a, queueConfig: {capacity: 100000}}]":                 "",
		"exemplars: {maxSize: 200000}":                                                    "spec.exemplars.maxSize: is more than 100000",
		"exemplars: {maxSize: 100000}":                                                    "",
	} {
		t.Run(prometheus, func(t *testing.T) {
			limits := judge.DefaultLimits()
			limits.Interval, limits.Reserved = narrow().Interval, narrow().Reserved
			_, j := generatorWithin(t, limits, prometheus, secrets{})
			expect(t, lines(j.Global()), want)
			_, j = generator(t, prometheus, secrets{})
			expect(t, lines(j.Global()), "")
		})
	}
	for spec, want := range map[string]string{
		"httpSDConfigs: [{url: http://a}, {url: http://b, refreshInterval: 30s}]": "spec.httpSDConfigs[1].refreshInterval: the interval has no length",
		"ec2SDConfigs: [{refreshInterval: 30s}]":                                  "spec.ec2SDConfigs[0].refreshInterval: the interval has no length",
		"ec2SDConfigs: [{refreshInterval: 1m}]":                                   "",
	} {
		t.Run(spec, func(t *testing.T) {
			c := &monitoringv1alpha1.ScrapeConfig{}
			read(t, "metadata: {name: web, namespace: shop}\nspec: {"+spec+"}", c)
			_, j := generatorWithin(t, narrow(), "", secrets{})
			expect(t, lines(j.Object(c).Refused), want)
			_, j = generator(t, "", secrets{})
			expect(t, lines(j.Object(c).Refused), "")
		})
	}
}

// TestUnusableArguments checks the limits that apply to the arguments of the command line.
func TestUnusableArguments(t *testing.T) {
	for spec, want := range map[string]string{
		"web: {maxConnections: 5}":                                                   "spec.web.maxConnections: Prometheus needs at least 10",
		"web: {maxConnections: 10}":                                                  "",
		"additionalArgs: [{name: web.max-connections, value: '5'}]":                  "spec.additionalArgs[0].value: Prometheus needs at least 10",
		"additionalArgs: [{name: storage.remote.read-concurrent-limit, value: '1'}]": "spec.additionalArgs[0].value: Prometheus needs at least 2",
		"additionalArgs: [{name: query.max-concurrency, value: '1'}]":                "spec.additionalArgs[0].value: Prometheus needs at least 2",
		"query: {maxConcurrency: 200000}":                                            "spec.query.maxConcurrency: is more than 100000",
		"query: {maxConcurrency: 100000}":                                            "",
		"additionalArgs: [{name: query.max-concurrency, value: '200000'}]":           "spec.additionalArgs[0].value: is more than 100000",
	} {
		t.Run(spec, func(t *testing.T) {
			p := &monitoringv1.Prometheus{}
			read(t, "metadata: {name: main, namespace: monitoring}\nspec: {"+spec+"}", p)
			expectWithin(t, p, want)
		})
	}
	for interval, want := range map[string]string{"30s": "spec.evaluationInterval: the interval has no length", "1m": ""} {
		t.Run("ThanosRuler "+interval, func(t *testing.T) {
			r := &monitoringv1.ThanosRuler{}
			read(t, "metadata: {name: main, namespace: monitoring}\nspec: {queryEndpoints: [query], evaluationInterval: "+interval+"}", r)
			expectWithin(t, r, want)
		})
	}
}

// expectWithin checks what is wrong with the arguments of an object with narrow limits, and that nothing is with the others.
func expectWithin(t *testing.T, object any, want string) {
	t.Helper()
	_, j := generatorWithin(t, narrow(), "", secrets{})
	expect(t, lines(j.Object(object).Arguments), want)
	_, j = generator(t, "", secrets{})
	expect(t, lines(j.Object(object).Arguments), "")
}

// TestMultiplied checks that an object that generates more relabelings than the limit is not
// rendered. Allocations stand for time.
func TestMultiplied(t *testing.T) {
	m := &monitoringv1.ServiceMonitor{}
	for range 5 {
		m.Spec.Endpoints = append(m.Spec.Endpoints, monitoringv1.Endpoint{Port: "web"})
		m.Spec.PodTargetLabels = append(m.Spec.PodTargetLabels, "a")
	}
	_, j := generatorWithin(t, narrow(), "", promconfig.Placeholders{})
	if refused := j.Object(m).Refused; len(refused) != 1 || refused[0].Path.String() != "spec" {
		t.Errorf("%+v", refused)
	}
	if n := testing.AllocsPerRun(1, func() { j.Object(m) }); n > 100 {
		t.Errorf("%.0f allocations", n)
	}
	_, j = generator(t, "", promconfig.Placeholders{})
	for _, f := range j.Object(m).Refused {
		t.Error(f)
	}
}

// TestDefaultLimits checks that the limits are set, and that a judge without other limits has them.
func TestDefaultLimits(t *testing.T) {
	l := judge.DefaultLimits()
	if len(l.NoValue) == 0 || l.Instructions == 0 || l.Relabelings == 0 || l.Interval == 0 || l.Reserved == 0 || l.Connections == 0 {
		t.Errorf("a limit is missing: %+v", l)
	}
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	g, _ := generator(t, "", promconfig.Placeholders{})
	for name, j := range map[string]*judge.Judge{"New": judge.New(g, g.Global()), "Permissive": permissive} {
		if diff := cmp.Diff(l, j.Limits()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
