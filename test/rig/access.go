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

// fills are the values that the templates are filled with.
type fills struct {
	Namespace, Name, Server string
}

// GrantAccess creates the ServiceAccount prometheus in an existing namespace, with permission to
// discover all Services, EndpointSlices and Pods, and returns when its token is in the Secret
// prometheus-token. [RevokeAccess] deletes these objects again.
func GrantAccess(ctx context.Context, kubectl Kubectl, namespace string) error {
	if err := access(ctx, kubectl, namespace, "apply"); err != nil {
		return fmt.Errorf("granting Prometheus its permissions: %w", err)
	}
	return Poll(ctx, "the token of Prometheus", startTimeout, func(ctx context.Context) error {
		// One controller writes both the token and the CA.
		out, err := kubectl.Run(ctx, "get", "secret", tokenSecret, "--namespace="+namespace,
			`--output=jsonpath={.data.token}{" "}{.data.ca\.crt}`)
		if err == nil && len(strings.Fields(out.Stdout)) != 2 {
			err = errors.New("the Secret has no token yet")
		}
		return err
	})
}

// RevokeAccess undoes [GrantAccess], whether or not the namespace still exists.
func RevokeAccess(ctx context.Context, kubectl Kubectl, namespace string) error {
	if err := access(ctx, kubectl, namespace, "delete", "--ignore-not-found"); err != nil {
		return fmt.Errorf("revoking the permissions of Prometheus: %w", err)
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

// PrometheusManifest returns the YAML of a Prometheus object for a Prometheus that runs outside of
// the cluster that kubectl uses. The Prometheus selects, in all namespaces, the objects with the
// label release: prometheus, and scrapes each second. Its discovery uses the token that
// [GrantAccess] creates in the same namespace. The YAML contains the address of the API server,
// which changes when a control plane is started again.
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
