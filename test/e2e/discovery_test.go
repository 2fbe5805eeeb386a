package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// The alert and the monitors of TestDiscovery. There are two namespaces, because discovery across
// namespaces needs permissions.
const (
	discoveryNamespace = "discovery"
	discoveredServices = "discovered"

	discoveryRule = `{groups: [{name: targets, rules: [{alert: MyTargetDown, expr: up == 0}]}]}`
	nodeMonitor   = `{
		selector: {matchLabels: {app: node}}, namespaceSelector: {any: true},
		endpoints: [{port: metrics, relabelings: [` + rig.ToLoopback + `]}]
	}`
	shopMonitor = `{
		selector: {matchLabels: {app: shop}}, jobLabel: team,
		endpoints: [{port: web, path: /actuator/prometheus, relabelings: [` + rig.ToLoopback + `]}]
	}`
)

// TestDiscovery checks that a real Prometheus discovers real targets through the API server, with
// only the configuration that promgate renders.
func TestDiscovery(t *testing.T) {
	for _, namespace := range []string{discoveryNamespace, discoveredServices} {
		newNamespace(t, namespace, nil)
		t.Cleanup(func() { deleteNamespace(t, namespace) })
	}
	node, shop := startTargets(t)
	publish(t, rig.Service{Name: "node", Labels: map[string]string{"app": "node"}, PortName: "metrics", Port: node.Port})
	publish(t, rig.Service{Name: "shop", Labels: map[string]string{"app": "shop", "team": "sales"}, PortName: "web", Port: shop.Port})
	if err := rig.GrantAccess(t.Context(), cluster.Kubectl, discoveryNamespace); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rig.RevokeAccess(context.WithoutCancel(t.Context()), cluster.Kubectl, discoveryNamespace); err != nil {
			t.Error(err)
		}
	})

	prometheus := startPrometheus(t, renderedForDiscovery(t))
	eventually(t, "the targets to be up", inHealth(prometheus, map[string]string{
		"node " + node.URL + "/metrics":              "up",
		"sales " + shop.URL + "/actuator/prometheus": "up",
	}))
	eventually(t, "the alert to be evaluated", func(ctx context.Context) error {
		rules, err := prometheus.Rules(ctx)
		if err == nil && !slices.ContainsFunc(rules, func(r rig.Rule) bool {
			return r.Name == "MyTargetDown" && r.Type == "alerting" && r.Group == "targets" && r.Health == "ok"
		}) {
			err = fmt.Errorf("the rules are %+v", rules)
		}
		return err
	})

	t.Run("Down", func(t *testing.T) {
		shop.Stop()
		eventually(t, "the target to be down", inHealth(prometheus, map[string]string{
			"node " + node.URL + "/metrics":              "up",
			"sales " + shop.URL + "/actuator/prometheus": "down",
		}))
		if err := shop.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the target to be up again", inHealth(prometheus, map[string]string{
			"node " + node.URL + "/metrics":              "up",
			"sales " + shop.URL + "/actuator/prometheus": "up",
		}))
	})
	t.Run("Loads", func(t *testing.T) {
		wantLoads(t, prometheus, 1)
		if err := prometheus.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantLoads(t, prometheus, 2)
	})
}

// startTargets starts the targets.
func startTargets(t *testing.T) (node, shop *rig.Server) {
	t.Helper()
	path, err := builder().NodeExporter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if node, err = rig.StartNodeExporter(t.Context(), path, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(node.Stop)
	if path, err = builder().Actuator(t.Context()); err != nil {
		t.Fatal(err)
	}
	if shop, err = rig.StartActuator(t.Context(), path, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shop.Stop() })
	return node, shop
}

// publish makes a Service discoverable, in the namespace of the test.
func publish(t *testing.T, s rig.Service) {
	t.Helper()
	s.Namespace = discoveredServices
	if err := s.Publish(t.Context(), cluster.Kubectl); err != nil {
		t.Fatal(err)
	}
}

// renderedForDiscovery returns the path of a configuration that promgate renders.
func renderedForDiscovery(t *testing.T) string {
	t.Helper()
	prometheus, err := rig.PrometheusManifest(t.Context(), cluster.Kubectl, discoveryNamespace, "main")
	if err != nil {
		t.Fatal(err)
	}
	selected := map[string]string{"release": "prometheus"}
	in, out := t.TempDir(), t.TempDir()
	for name, manifest := range map[string]string{
		"prometheus.yaml": prometheus,
		"token.yaml":      kubectl(t, "", "get", "secret", "prometheus-token", "--namespace="+discoveryNamespace, "--output=yaml").Stdout,
		"rule.yaml":       monitorYAML("PrometheusRule", metadata{Name: "targets", Namespace: discoveredServices, Labels: selected}, discoveryRule),
		"node.yaml":       monitorYAML("ServiceMonitor", metadata{Name: "node", Namespace: discoveryNamespace, Labels: selected}, nodeMonitor),
		"shop.yaml":       monitorYAML("ServiceMonitor", metadata{Name: "shop", Namespace: discoveredServices, Labels: selected}, shopMonitor),
	} {
		if err := os.WriteFile(filepath.Join(in, name), []byte(manifest), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	render := exec.CommandContext(t.Context(), cluster.Promgate.Path(), "render", in,
		"--prometheus", discoveryNamespace+"/main", "--out", out,
		// If the placeholder stays, the configuration loads, and every target belongs to another
		// shard.
		"--env", "SHARD=0", "--env", "POD_NAME=prometheus-main-0")
	if said, err := render.CombinedOutput(); err != nil || len(said) > 0 {
		t.Fatalf("promgate render: %v\n%s", err, said)
	}
	return filepath.Join(out, "prometheus.yaml")
}

func startPrometheus(t *testing.T, configFile string) *rig.Prometheus {
	t.Helper()
	path, err := builder().Prometheus(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := rig.StartPrometheus(t.Context(), path, configFile, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// inHealth returns a condition that holds if Prometheus has exactly these targets, each as a job
// and a URL, with this health.
func inHealth(p *rig.Prometheus, want map[string]string) func(context.Context) error {
	return func(ctx context.Context) error {
		targets, err := p.Targets(ctx)
		if err != nil {
			return err
		}
		if len(targets) != len(want) {
			return fmt.Errorf("there are %d targets: %+v", len(targets), targets)
		}
		for _, target := range targets {
			if name := target.Labels["job"] + " " + target.URL; want[name] != target.Health {
				return fmt.Errorf("%s of pool %s is %s, not %q: %s", name, target.Pool, target.Health, want[name], target.LastError)
			}
		}
		return nil
	}
}

func wantLoads(t *testing.T, p *rig.Prometheus, want int) {
	t.Helper()
	got, err := p.Loads()
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("Prometheus has loaded a configuration %d times, not %d", got, want)
	}
}
