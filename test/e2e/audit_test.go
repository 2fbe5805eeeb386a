package e2e

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/promgate/promgate/test/rig"
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

// TestAuditWatch: with the permissions of its manifests, the audit shows a missing Secret in a metric and one
// Event, which a restart does not repeat, and no longer once the Secret is there.
func TestAuditWatch(t *testing.T) {
	const namespace = "audit-watch"
	defer noPrometheus(t)
	newNamespace(t, namespace, nil)
	takesAll(t, namespace)
	const spec = `{selector: {matchLabels: {app: web}}, endpoints: [{port: web, authorization: {credentials: {name: login, key: token}}}]}`
	kubectl(t, monitorYAML("ServiceMonitor", metadata{Name: "web", Namespace: namespace}, spec), "create", "-f", "-")
	const denied = `promgate_audit_findings{check="configuration",kind="ServiceMonitor",namespace="audit-watch",severity="deny"} 1`
	shows := func(a *rig.Audit, want bool) func(context.Context) error {
		return func(ctx context.Context) error {
			text, err := metricsAt(ctx, a.URL)
			if err == nil && strings.Contains(text, denied) != want {
				err = fmt.Errorf("want %t for %s in:\n%s", want, denied, text)
			}
			return err
		}
	}

	a := startAudit(t, "--interval", "5s", "--namespace", namespace)
	eventually(t, "the metric", shows(a, true))
	eventually(t, "the Event", toldOf(namespace, "ServiceMonitor", "web", "AuditFinding", "login"))
	wantContains(t, kubectl(t, "", "describe", "servicemonitor", "web", "--namespace="+namespace).Stdout, "AuditFinding", "login")
	a.Stop()
	a = startAudit(t, "--interval", "5s", "--namespace", namespace)
	kubectl(t, "", "create", "secret", "generic", "login", "--namespace="+namespace, "--from-literal=token=a")
	eventually(t, "the metric to be gone", shows(a, false)) // by then the first audit has written its Events
	out := kubectl(t, "", "get", "events.v1.events.k8s.io", "--namespace="+namespace, `--output=jsonpath={range .items[?(@.reason=="AuditFinding")]}{.regarding.name}{"\n"}{end}`)
	if out.Stdout != "web\n" {
		t.Errorf("Events about %q", out.Stdout)
	}
	text, err := metricsAt(t.Context(), a.URL)
	if err != nil {
		t.Fatal(err)
	}
	wantContains(t, text, `promgate_audit_objects{kind="ServiceMonitor"} 2`, `promgate_audit_errors_total{stage="read"} 0`, `promgate_audit_errors_total{stage="events"} 0`)
	if strings.Contains(text, "promgate_audit_unread") {
		t.Errorf("its permissions do not suffice:\n%s", text)
	}
}

// startAudit starts promgate audit --watch, with the permissions of its manifests.
func startAudit(t *testing.T, args ...string) *rig.Audit {
	t.Helper()
	a, err := rig.StartAudit(t.Context(), cluster.Promgate.Path(), root, t.TempDir(), cluster.Kubectl, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.Stop()
		if t.Failed() {
			t.Logf("promgate audit --watch:\n%s", readFile(t, a.LogFile))
		}
	})
	return a
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
