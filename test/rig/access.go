package rig

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// tokenSecret is the Secret of manifests/access.yaml.
const tokenSecret = "prometheus-token"

var (
	//go:embed manifests/access.yaml
	accessYAML string
	//go:embed manifests/prometheus.yaml
	prometheusYAML string

	accessTemplate     = template.Must(template.New("access").Parse(accessYAML))
	prometheusTemplate = template.Must(template.New("prometheus").Parse(prometheusYAML))
)

// fills is what the templates leave open.
type fills struct {
	Namespace, Name, Server string
}

// GrantAccess makes the ServiceAccount prometheus in a namespace that is there, with
// the right to discover all Services, EndpointSlices and Pods, and returns when its
// token is in the Secret prometheus-token. [RevokeAccess] takes it all away again.
func GrantAccess(ctx context.Context, kubectl Kubectl, namespace string) error {
	if err := access(ctx, kubectl, namespace, "apply"); err != nil {
		return fmt.Errorf("giving Prometheus its rights: %w", err)
	}
	return Poll(ctx, "the token of Prometheus", startTimeout, func(ctx context.Context) error {
		// One of the controllers writes both.
		out, err := kubectl.Run(ctx, "get", "secret", tokenSecret, "--namespace="+namespace,
			`--output=jsonpath={.data.token}{" "}{.data.ca\.crt}`)
		if err == nil && len(strings.Fields(out.Stdout)) != 2 {
			err = errors.New("the Secret has no token yet")
		}
		return err
	})
}

// RevokeAccess undoes [GrantAccess], whether the namespace is still there or not.
func RevokeAccess(ctx context.Context, kubectl Kubectl, namespace string) error {
	if err := access(ctx, kubectl, namespace, "delete", "--ignore-not-found"); err != nil {
		return fmt.Errorf("taking the rights of Prometheus away: %w", err)
	}
	return nil
}

func access(ctx context.Context, kubectl Kubectl, namespace string, args ...string) error {
	manifest, err := fill(accessTemplate, fills{Namespace: namespace})
	if err != nil {
		return err
	}
	_, err = kubectl.RunWithInput(ctx, manifest, append(args, "-f", "-")...)
	return err
}

// PrometheusManifest gives the YAML of a Prometheus object for a Prometheus that runs
// outside of the cluster that kubectl speaks to. It selects, in all namespaces, what
// has the label release: prometheus, scrapes each second, and has its discovery use
// the token that [GrantAccess] makes in the same namespace. The address of the API
// server is in it, which is another at the next start of a control plane.
func PrometheusManifest(ctx context.Context, kubectl Kubectl, namespace, name string) (string, error) {
	out, err := kubectl.Run(ctx, "config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}")
	if err != nil {
		return "", fmt.Errorf("finding the address of the API server: %w", err)
	}
	return fill(prometheusTemplate, fills{Namespace: namespace, Name: name, Server: strings.TrimSpace(out.Stdout)})
}

func fill(t *template.Template, f fills) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return "", fmt.Errorf("filling in the %s: %w", t.Name(), err)
	}
	return b.String(), nil
}
