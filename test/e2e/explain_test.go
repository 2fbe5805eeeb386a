package e2e

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// TestExplain: explain names the label that a monitor is missing and, once it has the label, the job.
// No kubelet runs here, so there is no Prometheus to ask.
func TestExplain(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "explain", nil)
	kubectl(t, monitorYAML("Prometheus", metadata{Name: "main", Namespace: "explain"}, `{serviceMonitorSelector: {matchLabels: {team: web}}}`), "create", "-f", "-")
	kubectl(t, service("explain", "web", "{app: web}", "http"), "create", "-f", "-")
	m := metadata{Name: "web", Namespace: "explain", Labels: map[string]string{"team": "shop"}}
	kubectl(t, monitorYAML("ServiceMonitor", m, `{selector: {matchLabels: {app: web}}, endpoints: [{port: http}]}`), "create", "-f", "-")

	out, err := explained(t.Context(), "smon", "explain/web")
	if err == nil {
		t.Error("status 0")
	}
	wantContains(t, out, "matches 1 Service in namespace explain", "team=web")
	kubectl(t, "", "label", "servicemonitor", "web", "--namespace=explain", "--overwrite", "team=web")
	out, _ = explained(t.Context(), "smon", "explain/web")
	wantContains(t, out, "serviceMonitor/explain/web/0")
	out, err = explained(t.Context(), "smon", "explain/wob")
	if err == nil {
		t.Error("status 0")
	}
	wantContains(t, out, "explain/web")
}

// explained runs promgate explain as the administrator.
func explained(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, cluster.Promgate.Path(), append([]string{"explain", "--kubeconfig", cluster.Kubectl.Kubeconfig}, args...)...)
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() != 1 {
		return string(out), fmt.Errorf("status %d: %s", exit.ExitCode(), strings.TrimSpace(string(out)))
	}
	return string(out), err
}
