package e2e

import "testing"

// TestDuplicateJobs checks that one target has only one owner under a job.
func TestDuplicateJobs(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "dup", nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "dup"}, `{serviceMonitorSelector: {matchLabels: {team: dup}}}`), "create", "-f", "-")
	kubectl(t, `{apiVersion: v1, kind: Service, metadata: {name: web, namespace: dup, labels: {app: web, tier: front}}, spec: {ports: [{name: http, port: 80}, {name: admin, port: 81}]}}`, "create", "-f", "-")
	monitor := func(name, selector, endpoint string) string {
		return monitorYAML("ServiceMonitor", metadata{Name: name, Namespace: "dup", Labels: map[string]string{"team": "dup"}},
			`{selector: {matchLabels: `+selector+`}, endpoints: [`+endpoint+`]}`)
	}
	first := monitor("first", "{app: web}", "{port: http}")
	kubectl(t, first, "create", "-f", "-")

	// Another selector that matches the same Service.
	second := monitor("second", "{tier: front}", "{port: http, interval: 5s}")
	eventually(t, "promgate to know of the first monitor", keptOut(second))
	stderr := refused(t, second, "create", "-f", "-")
	wantContains(t, stderr, "spec.endpoints[0]", "Prometheus dup/main", "Service dup/web port http", `under the same job ("web")`, "ServiceMonitor dup/first", "[duplicate-job]")

	t.Run("ToldApart", func(t *testing.T) {
		for _, endpoint := range []string{"{port: admin}", "{port: http, path: /other}", "{port: http, params: {a: [b]}}", "{port: http, relabelings: [{targetLabel: job, replacement: other}]}"} {
			kubectl(t, monitor("second", "{tier: front}", endpoint), "create", "--dry-run=server", "-f", "-")
		}
	})
	t.Run("TheSameUpdated", func(t *testing.T) {
		kubectl(t, monitor("first", "{app: web}", "{port: http, interval: 10s}"), "apply", "-f", "-")
	})
	t.Run("DeletedAndCreatedAgain", func(t *testing.T) {
		kubectl(t, "", "delete", "servicemonitor", "first", "--namespace=dup")
		kubectl(t, second, "create", "-f", "-") // immediately: the informer may not know the deletion yet
		eventually(t, "promgate to know of the second monitor", keptOut(first))
	})
	t.Run("RenamedByHelm", func(t *testing.T) {
		helm := func(name string) string {
			return `{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: ` + name + `, namespace: dup, labels: {team: dup, app.kubernetes.io/managed-by: Helm},
  annotations: {meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: dup}}, spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: admin}]}}`
		}
		kubectl(t, helm("old-name"), "create", "-f", "-")
		eventually(t, "promgate to know of the release", keptOut(monitor("another", "{app: web}", "{port: admin}")))
		out := kubectl(t, helm("new-name"), "create", "-f", "-")
		wantContains(t, out.Stderr, "Warning:", "[duplicate-job-passes]")
	})
}
