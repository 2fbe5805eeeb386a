package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestBrokenMonitors checks for every kind that objects that Prometheus would refuse are refused,
// with the field and the check.
func TestBrokenMonitors(t *testing.T) {
	newNamespace(t, "broken-monitors", nil)
	cases := map[string]struct{ kind, spec, path, check string }{
		"ServiceMonitor": {"ServiceMonitor", `{selector: {}, endpoints: [{port: web}, {port: "http("}]}`, "spec.endpoints[1].port", "port-regex"},
		"PodMonitor":     {"PodMonitor", `{selector: {}, podMetricsEndpoints: [{port: web, interval: 300y}]}`, "spec.podMetricsEndpoints[0].interval", "duration"},
		"Probe": {"Probe", `{prober: {url: "blackbox:9115"}, targets: {staticConfig: {static: [a.example]}},
  basicAuth: {username: {name: s, key: u}, password: {name: s, key: p}}, authorization: {credentials: {name: s, key: t}}}`, "spec", "auth-conflict"},
		"ScrapeConfig": {"ScrapeConfig", `{staticConfigs: [{targets: [a.example]}], relabelings: [{action: replace, targetLabel: a, regex: "("}]}`, "spec.relabelings[0].regex", "relabel-regex"},
		// No check reports this mistake, so that the judge does.
		"Judge": {"ScrapeConfig", `{staticConfigs: [{targets: ["a.example:80"], labels: {"": x}}]}`, "spec.staticConfigs[0]", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			stderr := refused(t, monitorYAML(tc.kind, metadata{Name: "bad", Namespace: "broken-monitors"}, tc.spec), "create", "-f", "-")
			wantContains(t, stderr, tc.path, "["+tc.check)
		})
	}
}

// TestPrometheusDecides checks that the Prometheus objects that select a monitor decide what is
// valid in it.
func TestPrometheusDecides(t *testing.T) {
	newNamespace(t, "decides", nil)
	prometheus := metadata{Name: "main", Namespace: "decides"}
	kubectl(t, monitorYAML("Prometheus", prometheus, `{version: v2.40.0, scrapeInterval: 10s, serviceMonitorSelector: {matchLabels: {team: shop}},
  arbitraryFSAccessThroughSMs: {deny: true}}`), "create", "-f", "-")
	monitor := func(team, endpoint string) string {
		return monitorYAML("ServiceMonitor", metadata{Name: "web", Namespace: "decides", Labels: map[string]string{"team": team, "release": "x"}},
			`{selector: {}, endpoints: [`+endpoint+`]}`)
	}
	const (
		slow  = `{port: web, scrapeTimeout: 20s}`
		equal = `{port: web, relabelings: [{action: keepequal, sourceLabels: [a], targetLabel: b}]}`
		token = `{port: web, bearerTokenFile: /token}`
	)
	// promgate knows the Prometheus only once its informer does.
	eventually(t, "promgate to know the Prometheus", keptOut(monitor("shop", slow)))
	stderr := refused(t, monitor("shop", slow), "create", "--dry-run=server", "-f", "-")
	wantContains(t, stderr, "spec.endpoints[0].scrapeTimeout", "10s")
	stderr = refused(t, monitor("shop", equal), "create", "--dry-run=server", "-f", "-")
	wantContains(t, stderr, "spec.endpoints[0].relabelings[0].action", "2.41")
	out := kubectl(t, monitor("shop", token), "create", "--dry-run=server", "-f", "-")
	wantContains(t, out.Stderr, "Warning:", "spec.endpoints[0].bearerTokenFile", "[file-access]")

	for _, endpoint := range []string{slow, equal, token} {
		out := kubectl(t, monitor("bank", endpoint), "create", "--dry-run=server", "-f", "-")
		if lines := warnings(out); len(lines) != 1 || !strings.Contains(lines[0], "decides/main needs the label team to be shop [not-selected]") {
			t.Errorf("a warning, although no Prometheus selects it: %q", lines)
		}
	}

	// A mistake is not an old one if it matters only to a Prometheus that did not select the object
	// before.
	kubectl(t, monitor("bank", slow), "create", "-f", "-")
	refused(t, monitor("shop", slow), "replace", "-f", "-")

	noPrometheus(t)
	eventually(t, "promgate to forget the Prometheus", letIn(strings.ReplaceAll(monitor("shop", slow), `"name":"web"`, `"name":"other"`)))
}

// TestDerivedLabels checks that an object gets the labels that the cluster's Prometheus objects
// require.
func TestDerivedLabels(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "derived", nil)
	bare := serviceMonitor(metadata{Name: "bare", Namespace: "derived"})
	prometheus := func(name, release string) {
		t.Helper()
		kubectl(t, monitorYAML("Prometheus", metadata{Name: name, Namespace: "derived"},
			`{serviceMonitorSelector: {matchLabels: {release: `+release+`}}, serviceMonitorNamespaceSelector: {}}`), "create", "-f", "-")
	}
	prometheus("blue", "blue")
	eventually(t, "the label that the only Prometheus requires", labelled(bare, map[string]string{"release": "blue"}))
	prometheus("red", "red")
	eventually(t, "no label, because two would do", labelled(bare, nil))
	out := kubectl(t, bare, "create", "-f", "-")
	wantContains(t, out.Stderr, "no Prometheus selects it: derived/blue needs the label release=blue; derived/red needs the label release=red")

	kubectl(t, serviceMonitor(metadata{Name: "bare", Namespace: "derived", Labels: map[string]string{"release": "red"}}), "replace", "-f", "-")
	out = kubectl(t, bare, "replace", "-f", "-")
	wantContains(t, out.Stderr, "put back release=red")
	wantLabels(t, "servicemonitor", "derived", "bare", map[string]string{"release": "red"})
}

// noPrometheus deletes all instances, and returns when promgate knows none.
func noPrometheus(t *testing.T) {
	t.Helper()
	kubectl(t, "", "delete", "prometheuses,prometheusagents,thanosrulers", "--all", "--all-namespaces")
	bare := metadata{Name: "bare", Namespace: "default"}
	eventually(t, "promgate to know no Prometheus", labelled(serviceMonitor(bare), map[string]string{"release": "prometheus"}))
	eventually(t, "promgate to know no ThanosRuler", labelled(prometheusRule(bare, "up"), map[string]string{"app": "prometheus-operator", "release": "prometheus"}))
}

// monitorYAML returns a manifest with a spec in YAML's flow style.
func monitorYAML(kind string, m metadata, spec string) string {
	version := "v1"
	if kind == "ScrapeConfig" {
		version = "v1alpha1"
	}
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings can be encoded
	}
	return fmt.Sprintf("apiVersion: monitoring.coreos.com/%s\nkind: %s\nmetadata: %s\nspec: %s\n", version, kind, data, spec)
}
