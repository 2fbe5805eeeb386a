package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"testing"

	"github.com/promgate/promgate/test/rig"
)

// operated is the namespace of TestOperator, and the only one that its operator watches.
const operated = "operated"

// TestOperator checks that the real operator runs, and generates its Secret from the Prometheus
// object that promgate's own Prometheus has.
func TestOperator(t *testing.T) {
	newNamespace(t, operated, nil)
	defer deleteNamespace(t, operated)
	if err := rig.GrantAccess(t.Context(), cluster.Kubectl, operated); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := rig.RevokeAccess(t.Context(), cluster.Kubectl, operated); err != nil {
			t.Error(err)
		}
	}()
	defer startOperator(t, operated).Stop()

	manifest, err := rig.PrometheusManifest(t.Context(), cluster.Kubectl, operated, "main")
	if err != nil {
		t.Fatal(err)
	}
	defer noPrometheus(t)
	kubectl(t, manifest, "apply", "-f", "-")
	monitor := metadata{Name: "web", Namespace: operated, Labels: map[string]string{"release": "prometheus"}}
	kubectl(t, monitorYAML("ServiceMonitor", monitor, `{selector: {matchLabels: {app: web}}, endpoints: [{port: web}]}`), "apply", "-f", "-")

	eventually(t, "the operator's Secret", func(ctx context.Context) error {
		config, err := operatorConfig(ctx, operated, "main")
		if err != nil {
			return err
		}
		for _, part := range []string{
			"scrape_interval: 1s\n",
			"job_name: serviceMonitor/operated/web/0\n",
			"api_server: https://127.0.0.1:",
			// The operator looks up these references of the apiserverConfig in the namespace of the
			// monitor, which is the right one only here.
			"credentials: ey",
			"ca_file: /etc/prometheus/certs/0_operated_prometheus-token_ca.crt\n",
		} {
			if !bytes.Contains(config, []byte(part)) {
				return fmt.Errorf("the configuration lacks %q:\n%s", part, config)
			}
		}
		return nil
	})
}

// operatorConfig returns the configuration in the Secret of a Prometheus.
func operatorConfig(ctx context.Context, namespace, name string) ([]byte, error) {
	return secretConfig(ctx, namespace, "prometheus-"+name)
}

// secretConfig returns the configuration in a Secret.
func secretConfig(ctx context.Context, namespace, secret string) ([]byte, error) {
	out, err := cluster.Kubectl.Run(ctx, "get", "secret", secret, "--namespace="+namespace, `--output=jsonpath={.data.prometheus\.yaml\.gz}`)
	if err != nil {
		return nil, err
	}
	zipped, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader([]byte(out.Stdout))))
	if err != nil {
		return nil, fmt.Errorf("reading the Secret %s/%s: %w", namespace, secret, err)
	}
	return io.ReadAll(zipped)
}
