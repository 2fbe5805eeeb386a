package e2e

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// TestInstall installs everything into a cluster as docs/install.md says, with kustomize, uses it, and removes it. The API server
// calls the webhooks through the Service, and everything runs with the ServiceAccount, the args and the volumes of its pod.
func TestInstall(t *testing.T) {
	runner := bare(t)
	install := rig.Kustomization{Resource: "base", Components: []string{"reconcile", "audit", "monitoring", "monitoring/reconcile", "monitoring/audit"}}
	manifests := kustomize(t, install)
	out := kubectl(t, manifests, "apply", "-f", "-")
	if lines := warnings(out); len(lines) > 0 {
		t.Errorf("the installation warns, perhaps of pods that are not restricted: %q", lines)
	}
	rolledOut(t, "promgate", "promgate", "promgate-reconcile", "promgate-audit")
	waitForReviews(t)

	newNamespace(t, "shop", nil)
	broken := prometheusRule(metadata{Name: "broken", Namespace: "shop"}, "sum(up")
	wantContains(t, refused(t, broken, "create", "-f", "-"), "expr-syntax")

	t.Run("warn only", func(t *testing.T) {
		before := podsOf(t)
		kubectl(t, "", "patch", "configmap", "promgate", "--namespace=promgate", "--patch",
			`{"data":{"promgate.yaml":"apiVersion: promgate.dev/v1alpha1\nkind: Configuration\nwarnOnly: true\n"}}`)
		eventually(t, "both replicas to read the configuration", isAdmitted(broken, 10))
		kubectl(t, manifests, "apply", "-f", "-")
		eventually(t, "both replicas to read it again", isRefused(broken, 10))
		if after := podsOf(t); after != before {
			t.Errorf("pods were restarted: %s, then %s", before, after)
		}
	})
	t.Run("doctor", func(t *testing.T) {
		kubectl(t, `{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: main, namespace: shop}, spec: {serviceMonitorSelector: {}, serviceMonitorNamespaceSelector: {}, ruleSelector: {}, ruleNamespaceSelector: {}, podMonitorSelector: {}, podMonitorNamespaceSelector: {}, probeSelector: {}, probeNamespaceSelector: {}, scrapeConfigSelector: {}, scrapeConfigNamespaceSelector: {}}}`, "create", "-f", "-")
		defer kubectl(t, "", "delete", "prometheus", "main", "--namespace=shop")
		doctor := exec.CommandContext(t.Context(), runner.Program, "doctor", "--kubeconfig", cluster.Kubectl.Kubeconfig)
		out, err := doctor.CombinedOutput()
		if err != nil {
			t.Errorf("%v:\n%s", err, out)
		}
	})
	t.Run("uninstall", func(t *testing.T) {
		kubectl(t, "", "delete", "validatingwebhookconfiguration,mutatingwebhookconfiguration", "promgate")
		kubectl(t, manifests, "delete", "--ignore-not-found", "-f", "-")
		kubectl(t, broken, "create", "-f", "-")
		if left := clusterObjects(t); left != "" {
			t.Errorf("the cluster still has\n%s", left)
		}
	})
}

// podsOf returns uid and restarts of the webhooks' pods.
func podsOf(t *testing.T) string {
	t.Helper()
	return kubectl(t, "", "get", "pods", "--namespace=promgate", "--selector=app.kubernetes.io/name=promgate", "--sort-by=.metadata.name",
		`--output=jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount} {end}`).Stdout
}

// isAdmitted and isRefused are conditions: an object meets the same fate several times in a row, whichever replica reviews it.
func isAdmitted(manifest string, times int) func(context.Context) error {
	return func(ctx context.Context) error {
		for range times {
			if err := letIn(manifest)(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

func isRefused(manifest string, times int) func(context.Context) error {
	return func(ctx context.Context) error {
		for range times {
			if err := keptOut(manifest)(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// clusterObjects returns the names of promgate's objects that belong to no namespace, and of its namespace.
func clusterObjects(t *testing.T) string {
	t.Helper()
	var left []string
	kinds := "namespace,clusterrole,clusterrolebinding,validatingwebhookconfiguration,mutatingwebhookconfiguration"
	for line := range strings.Lines(kubectl(t, "", "get", kinds, "--output=name").Stdout) {
		if strings.Contains(line, "promgate") {
			left = append(left, line)
		}
	}
	return strings.Join(left, "")
}
