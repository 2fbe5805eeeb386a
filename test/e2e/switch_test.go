package e2e

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/test/rig"
)

const switched = "switched"

// TestSwitch checks that a real Prometheus that runs on the configuration in the Secret keeps its
// targets when the operator hands over to the loop, and when the loop hands back.
func TestSwitch(t *testing.T) {
	defer noPrometheus(t)
	loopNamespace(t, switched)
	if err := rig.GrantAccess(t.Context(), cluster.Kubectl, switched); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rig.RevokeAccess(context.WithoutCancel(t.Context()), cluster.Kubectl, switched); err != nil {
			t.Error(err)
		}
	})
	node, _ := startTargets(t)
	service := rig.Service{Namespace: switched, Name: "node", Labels: map[string]string{"app": "node"}, PortName: "metrics", Port: node.Port}
	if err := service.Publish(t.Context(), cluster.Kubectl); err != nil {
		t.Fatal(err)
	}
	manifest, err := rig.PrometheusManifest(t.Context(), cluster.Kubectl, switched, "main")
	if err != nil {
		t.Fatal(err)
	}
	startOperator(t, switched)
	startLoop(t, "--mode", "stand-in")
	kubectl(t, ownNamespaceOnly(manifest), "create", "-f", "-")
	monitor := metadata{Name: "node", Namespace: switched, Labels: map[string]string{"release": "prometheus"}}
	kubectl(t, monitorYAML("ServiceMonitor", monitor, strings.Replace(nodeMonitor, "namespaceSelector: {any: true},", "", 1)), "create", "-f", "-")

	pod := t.TempDir()
	eventually(t, "the operator's configuration", configContains(switched, "prometheus-main", "job_name: serviceMonitor/switched/node/0"))
	asReloader(t, pod)
	prometheus := startPrometheus(t, filepath.Join(pod, "prometheus.env.yaml"))
	up := inHealth(prometheus, map[string]string{"node " + node.URL + "/metrics": "up"})
	eventually(t, "the target to be up", up)
	before := targetsOf(t, prometheus)

	for n, step := range []struct{ spec, condition string }{
		{`{"paused":true}`, "promgate.dev/Proven"}, {`{"paused":false}`, "Reconciled"}, {`{"paused":true}`, "promgate.dev/Proven"},
	} {
		kubectl(t, "", "patch", "prometheus", "main", "--namespace="+switched, "--type=merge", `--patch={"spec":`+step.spec+`}`)
		eventually(t, "the next to take over", trueNow(switched, "main", step.condition))
		asReloader(t, pod)
		if err := prometheus.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantLoads(t, prometheus, n+2)
		// Immediately, and not eventually: a target that disappears and comes back has a gap.
		if diff := cmp.Diff(before, targetsOf(t, prometheus)); diff != "" {
			t.Errorf("after %s:\n%s", step.spec, diff)
		}
	}

	// Prometheus continues with the configuration that the loop writes.
	kubectl(t, "", "delete", "servicemonitor", "node", "--namespace="+switched)
	eventually(t, "the job to be removed", configContains(switched, "prometheus-main", "!serviceMonitor/switched/node/0"))
	asReloader(t, pod)
	if err := prometheus.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the target to be removed", inHealth(prometheus, nil))
}

// ownNamespaceOnly makes a Prometheus select only in its own namespace: the operator of the test
// watches no other.
func ownNamespaceOnly(manifest string) string {
	var kept []string
	for line := range strings.Lines(manifest) {
		if !strings.HasSuffix(strings.TrimSpace(line), "NamespaceSelector: {}") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// asReloader does the work of the pod and its config-reloader: it puts the files where the
// configuration refers to, and replaces the placeholders.
func asReloader(t *testing.T, dir string) {
	t.Helper()
	config, err := secretConfig(t.Context(), switched, "prometheus-main")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("$(SHARD)", "0", "$(POD_NAME)", "prometheus-main-0", "/etc/prometheus/", dir+"/").Replace(string(config))
	files := map[string]string{"prometheus.env.yaml": text}
	certificates, err := generatedIn(t.Context(), "secret", switched, "prometheus-main-tls-assets-")
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range certificates {
		for name, content := range secret.Data {
			data, err := base64.StdEncoding.DecodeString(content)
			if err != nil {
				t.Fatal(err)
			}
			files["certs/"+name] = string(data)
		}
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func targetsOf(t *testing.T, p *rig.Prometheus) []rig.Target {
	t.Helper()
	targets, err := p.Targets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return targets
}
