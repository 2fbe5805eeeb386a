package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestChangeOfOthers checks that kubectl shows what a change does to other objects: of the labels of a namespace, and of the
// version of a Prometheus.
func TestChangeOfOthers(t *testing.T) {
	defer noPrometheus(t)
	const namespace = "changes"
	newNamespace(t, namespace, map[string]string{"changes": "selected"})
	prometheus := func(version string) string {
		return monitorYAML("Prometheus", metadata{Name: "main", Namespace: namespace},
			`{version: `+version+`, serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {matchLabels: {changes: selected}}, ruleSelector: {}}`)
	}
	kubectl(t, prometheus("v2.55.1"), "apply", "-f", "-")
	web := metadata{Name: "web", Namespace: namespace}
	kubectl(t, serviceMonitor(web), "create", "-f", "-")
	kubectl(t, prometheusRule(web, "histogram_avg(rate(request_duration_seconds[5m])) > 1"), "create", "-f", "-")

	wantWarning := func(what, stdin string, parts []string, args ...string) {
		t.Helper()
		eventually(t, what+" to be warned of", func(context.Context) error {
			text := strings.Join(warnings(kubectl(t, stdin, args...)), "\n")
			for _, part := range parts {
				if !strings.Contains(text, part) {
					return fmt.Errorf("the warnings are %q, without %q", text, part)
				}
			}
			return nil
		})
	}
	wantWarning("the loss of a label", "", []string{"metadata.labels: Prometheus changes/main no longer selects 1 ServiceMonitor: changes/web"},
		"label", "--dry-run=server", "namespace", namespace, "changes-")
	wantWarning("the downgrade", prometheus("v2.45.0"),
		[]string{"it then refuses 1 PrometheusRule that it selects: changes/web", "the function histogram_avg needs Prometheus 2.51"},
		"apply", "--dry-run=server", "-f", "-")
	for _, args := range [][]string{{"label", "namespace", namespace, "team=web"}, {"annotate", "namespace", namespace, "changes=not-a-label"}} {
		if out := kubectl(t, "", args...); len(warnings(out)) > 0 {
			t.Errorf("kubectl %s is warned of: %s", strings.Join(args, " "), out.Stderr)
		}
	}
}
