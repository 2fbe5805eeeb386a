package rig

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// webhookTimeout is how long the API server has to notice a change of the registration.
const webhookTimeout = 30 * time.Second

// RegisterWebhooks registers the webhook configurations in manifests/base, with a promgate that
// runs outside of the cluster instead of the Service, and returns when the API server calls that
// promgate.
func RegisterWebhooks(ctx context.Context, kubectl Kubectl, root string, p *Promgate) error {
	ca, err := os.ReadFile(p.CAFile)
	if err != nil {
		return fmt.Errorf("registering the webhooks: %w", err)
	}
	list, err := WebhookManifest(root, p.URL, ca)
	if err != nil {
		return err
	}
	if _, err := kubectl.RunWithInput(ctx, list, "apply", "-f", "-"); err != nil {
		return fmt.Errorf("registering the webhooks: %w", err)
	}
	return p.process.waitFor(ctx, "the webhooks to take effect", func(ctx context.Context) error {
		return inForce(ctx, kubectl)
	})
}

// WebhookManifest returns the webhook configurations in manifests/base, with a URL instead of the Service. If
// there is no CA, they have no caBundle.
func WebhookManifest(root, url string, ca []byte) (string, error) {
	path := filepath.Join(root, "manifests", "base", "webhooks.yaml")
	manifests, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("registering the webhooks: %w", err)
	}
	list, err := pointAt(manifests, url, ca)
	if err != nil {
		return "", fmt.Errorf("registering the webhooks of %s: %w", path, err)
	}
	return list, nil
}

// UnregisterWebhooks deletes the webhook configurations and returns when the API server no longer
// calls promgate.
func UnregisterWebhooks(ctx context.Context, kubectl Kubectl) error {
	for _, kind := range []string{"validatingwebhookconfiguration", "mutatingwebhookconfiguration"} {
		if _, err := kubectl.Run(ctx, "delete", kind, "promgate"); err != nil {
			return fmt.Errorf("unregistering the webhooks: %w", err)
		}
	}
	return Poll(ctx, "the webhooks to be gone", webhookTimeout, func(ctx context.Context) error {
		_, err := kubectl.RunWithInput(ctx, refusedProbe, "create", "--dry-run=server", "-f", "-")
		return err
	})
}

// pointAt replaces the Service in each webhook's clientConfig by a URL and its CA, and returns the
// configurations as one List.
func pointAt(manifests []byte, url string, ca []byte) (string, error) {
	var items []map[string]any
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(string(manifests)), 4096)
	for {
		var item map[string]any
		err := decoder.Decode(&item)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		if item == nil { // a document that contains only comments
			continue
		}
		webhooks, _ := item["webhooks"].([]any)
		if len(webhooks) == 0 {
			return "", fmt.Errorf("a %v without webhooks", item["kind"])
		}
		for _, w := range webhooks {
			webhook, _ := w.(map[string]any)
			client, _ := webhook["clientConfig"].(map[string]any)
			service, _ := client["service"].(map[string]any)
			path, ok := service["path"].(string)
			if !ok {
				return "", fmt.Errorf("webhook %v has no clientConfig.service.path", webhook["name"])
			}
			there := map[string]any{"url": url + path}
			if len(ca) > 0 {
				there["caBundle"] = base64.StdEncoding.EncodeToString(ca)
			}
			webhook["clientConfig"] = there
		}
		items = append(items, item)
	}
	list, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": items})
	return string(list), err
}

// completedProbe lacks the labels that promgate adds, refusedProbe lacks a bracket.
const (
	completedProbe = `{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor",
		"metadata": {"name": "promgate-rig-probe", "namespace": "default"},
		"spec": {"selector": {}, "endpoints": [{"port": "web"}]}
	}`
	refusedProbe = `{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
		"metadata": {"name": "promgate-rig-probe", "namespace": "default"},
		"spec": {"groups": [{"name": "probe", "rules": [{"record": "probe", "expr": "sum(up"}]}]}
	}`
)

// inForce checks the effects of both webhooks, in a dry run: the API server may not act on a stored
// configuration yet.
func inForce(ctx context.Context, kubectl Kubectl) error {
	out, err := kubectl.RunWithInput(ctx, completedProbe, "create", "--dry-run=server", "--output=jsonpath={.metadata.labels}", "-f", "-")
	if err != nil {
		return err
	}
	if out.Stdout == "" {
		return errors.New("a ServiceMonitor without labels gets none")
	}
	out, err = kubectl.RunWithInput(ctx, refusedProbe, "create", "--dry-run=server", "-f", "-")
	if err == nil {
		return errors.New("a broken PrometheusRule is admitted")
	}
	if !strings.Contains(out.Stderr, "validate.promgate.dev") {
		return fmt.Errorf("a broken PrometheusRule is refused, but not by promgate: %w", err)
	}
	return nil
}
