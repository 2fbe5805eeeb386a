package e2e

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/promgate/promgate/test/rig"
)

// TestNoFalseAlarms applies monitors that look alike but do not clash.
func TestNoFalseAlarms(t *testing.T) {
	t.Run("SameNameElsewhere", sameNameElsewhere)
	t.Run("OneMonitorForEachTarget", oneMonitorForEachTarget)
	t.Run("CatchAll", catchAll)
	t.Run("ConstantJob", constantJob)
	t.Run("CreatedAgain", createdAgain)
}

// noAlarm checks that no warning mentions duplicates.
func noAlarm(t *testing.T, out rig.Output) {
	t.Helper()
	if strings.Contains(out.Stderr, "duplicate-job") || strings.Contains(out.Stderr, "endpoint-repeated") {
		t.Errorf("a false alarm: %s", out.Stderr)
	}
}

// takesAll creates a Prometheus that selects every ServiceMonitor of its own namespace, and returns
// when promgate knows it, and therefore refuses a copy of a stored monitor.
func takesAll(t *testing.T, namespace string) {
	t.Helper()
	const clashing = `{selector: {matchLabels: {app: known}}, endpoints: [{port: known}]}`
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: namespace}, `{serviceMonitorSelector: {}}`), "create", "-f", "-")
	kubectl(t, monitorYAML("ServiceMonitor", metadata{Name: "known", Namespace: namespace}, clashing), "apply", "-f", "-")
	eventually(t, "promgate to know the Prometheus", keptOut(monitorYAML("ServiceMonitor", metadata{Name: "known-too", Namespace: namespace}, clashing)))
}

// sameNameElsewhere: each team has its own Prometheus, and a monitor web of a Service web.
func sameNameElsewhere(t *testing.T) {
	defer noPrometheus(t)
	for _, team := range []string{"team-a", "team-b"} {
		newNamespace(t, team, map[string]string{"team": team})
		takesAll(t, team)
	}
	for range 2 { // created, and applied again
		for _, team := range []string{"team-a", "team-b"} {
			noAlarm(t, kubectl(t, service(team, "web", "{app: web}", "http"), "apply", "-f", "-"))
			m := metadata{Name: "web", Namespace: team}
			noAlarm(t, kubectl(t, monitorYAML("ServiceMonitor", m, `{selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}`), "apply", "-f", "-"))
		}
	}

	// No clash even if they select in both namespaces: no Prometheus selects both monitors.
	for _, team := range []string{"team-a", "team-b"} {
		m := metadata{Name: "both", Namespace: team}
		noAlarm(t, kubectl(t, monitorYAML("ServiceMonitor", m, `{namespaceSelector: {matchNames: [team-a, team-b]}, selector: {matchLabels: {app: both}}, endpoints: [{port: http}]}`), "apply", "-f", "-"))
	}
}

// oneMonitorForEachTarget does what the charts of the blackbox and the SNMP exporter do: one
// Service, and for each target a monitor with its params.
func oneMonitorForEachTarget(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "probes", nil)
	takesAll(t, "probes")
	for exporter, params := range map[string]string{
		"blackbox-exporter": `{module: [http_2xx], target: ["https://%[1]s.example"]}`,
		"snmp-exporter":     `{module: [if_mib], auth: [public_v2], target: [%[1]s.example]}`,
	} {
		labels := `{app.kubernetes.io/instance: probing, app.kubernetes.io/name: ` + exporter + `}`
		kubectl(t, service("probes", exporter, labels, "http"), "create", "-f", "-")
		path := map[string]string{"blackbox-exporter": "/probe", "snmp-exporter": "/snmp"}[exporter]
		for _, target := range []string{"one", "two", "three"} {
			spec := fmt.Sprintf(`
  jobLabel: probing
  selector: {matchLabels: `+labels+`}
  endpoints:
  - port: http
    path: `+path+`
    interval: 30s
    scrapeTimeout: 20s
    params: `+params+`
    metricRelabelings:
    - {action: replace, sourceLabels: [instance], targetLabel: instance, replacement: %[1]s.example}
    - {action: replace, sourceLabels: [target], targetLabel: target, replacement: %[1]s}`, target)
			m := metadata{Name: exporter + "-" + target, Namespace: "probes"}
			noAlarm(t, kubectl(t, monitorYAML("ServiceMonitor", m, spec), "apply", "-f", "-"))
		}
		// The exporter itself is a target too.
		m := metadata{Name: exporter, Namespace: "probes"}
		noAlarm(t, kubectl(t, monitorYAML("ServiceMonitor", m, `{jobLabel: probing, selector: {matchLabels: `+labels+`}, endpoints: [{port: http}]}`), "apply", "-f", "-"))
	}
}

// catchAll: a monitor of all Services scrapes another port, or another path, than the monitors that
// name theirs, and does not clash with Services that may be created later.
func catchAll(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "catch-all", nil)
	takesAll(t, "catch-all")
	kubectl(t, service("catch-all", "web", "{app: web}", "http", "metrics"), "create", "-f", "-")
	for name, spec := range map[string]string{
		"all":       `{selector: {}, endpoints: [{port: metrics}]}`,
		"all-any":   `{namespaceSelector: {any: true}, selector: {}, endpoints: [{port: http, path: /federate}]}`,
		"web":       `{selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}`,
		"later":     `{selector: {matchLabels: {app: later}}, endpoints: [{port: metrics}]}`,
		"later-any": `{namespaceSelector: {any: true}, selector: {matchLabels: {app: later}}, endpoints: [{port: other}]}`,
	} {
		noAlarm(t, kubectl(t, monitorYAML("ServiceMonitor", metadata{Name: name, Namespace: "catch-all"}, spec), "apply", "-f", "-"))
	}
}

// constantJob: several Services have the same job.
func constantJob(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "constant", nil)
	takesAll(t, "constant")
	for _, app := range []string{"cart", "pay", "ship"} {
		kubectl(t, service("constant", app, "{app: "+app+", part-of: shop}", "http"), "create", "-f", "-")
		spec := `{selector: {matchLabels: {app: ` + app + `, part-of: shop}}, endpoints: [{port: http, relabelings: [{targetLabel: job, replacement: shop}]}]}`
		noAlarm(t, kubectl(t, monitorYAML("ServiceMonitor", metadata{Name: app, Namespace: "constant"}, spec), "apply", "-f", "-"))
	}
	// And one monitor for all remaining Services, by a label that they share.
	kubectl(t, service("constant", "rest", "{part-of: rest}", "http"), "create", "-f", "-")
	spec := `{selector: {matchLabels: {part-of: rest}}, endpoints: [{port: http, relabelings: [{targetLabel: job, replacement: shop}]}]}`
	noAlarm(t, kubectl(t, monitorYAML("ServiceMonitor", metadata{Name: "rest", Namespace: "constant"}, spec), "apply", "-f", "-"))
}

// createdAgain: the job of a deleted monitor is free immediately, under the same name and under
// another, even if the informers do not know the deletion yet.
func createdAgain(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "again", nil)
	takesAll(t, "again")
	monitors := adminClient(t).Resource(serviceMonitors).Namespace("again")
	names := []string{"web", "renamed", "renamed", "web"}
	for i := range 60 { // often enough that an informer lags behind
		name := names[i%len(names)]
		object := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": map[string]any{"name": name},
			"spec": map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": "web"}}, "endpoints": []any{map[string]any{"port": "http"}}},
		}}
		if _, err := monitors.Create(t.Context(), object, metav1.CreateOptions{}); err != nil {
			t.Fatalf("time %d: %v", i, err)
		}
		if err := monitors.Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	manifest := monitorYAML("ServiceMonitor", metadata{Name: "web", Namespace: "again"}, `{selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}`)
	noAlarm(t, kubectl(t, manifest, "create", "-f", "-"))
	noAlarm(t, kubectl(t, manifest, "replace", "--force", "-f", "-")) // deletes and creates
}

// service is a manifest of a Service.
func service(namespace, name, labels string, ports ...string) string {
	var list []string
	for i, port := range ports {
		list = append(list, fmt.Sprintf("{name: %s, port: %d}", port, 80+i))
	}
	return fmt.Sprintf("{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: %s, labels: %s}, spec: {ports: [%s]}}", name, namespace, labels, strings.Join(list, ", "))
}
