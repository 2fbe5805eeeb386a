package e2e

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// TestAudit: audit finds what the webhooks cannot know, a Secret that is missing, and nothing once it is
// there.
func TestAudit(t *testing.T) {
	defer noPrometheus(t)
	newNamespace(t, "audit", nil)
	takesAll(t, "audit")
	const spec = `{selector: {matchLabels: {app: web}}, endpoints: [{port: web, basicAuth: {username: {name: login, key: user}, password: {name: login, key: password}}}]}`
	kubectl(t, monitorYAML("ServiceMonitor", metadata{Name: "web", Namespace: "audit"}, spec), "create", "-f", "-")

	out, status := audit(t, "-n", "audit")
	wantContains(t, out, "ServiceMonitor audit/web", "deny", "login", "2 denied")
	if status != 1 {
		t.Errorf("status %d", status)
	}
	kubectl(t, "", "create", "secret", "generic", "login", "--namespace=audit", "--from-literal=user=a", "--from-literal=password=b")
	out, status = audit(t, "-n", "audit")
	wantContains(t, out, "nothing found in 3 objects")
	if status != 0 {
		t.Errorf("status %d", status)
	}
	out, status = audit(t, "--context", "nowhere")
	wantContains(t, out, `context "nowhere" does not exist`)
	if status != 2 {
		t.Errorf("status %d", status)
	}
}

// audit runs promgate audit as the administrator.
func audit(t *testing.T, args ...string) (out string, status int) {
	t.Helper()
	var b strings.Builder
	cmd := exec.CommandContext(t.Context(), cluster.Promgate.Path(), append([]string{"audit", "--kubeconfig", cluster.Kubectl.Kubeconfig}, args...)...)
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return b.String(), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), 0
}
