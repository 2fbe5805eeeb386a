package rig

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A Kustomization is one of promgate's, with more of its components and more args.
type Kustomization struct {
	// Root is the directory of promgate's main module.
	Root string
	// Resource and Components are directories below manifests.
	Resource   string
	Components []string
	// Args are added to those of the webhooks' Deployment.
	Args []string
}

// Build returns the manifests, as kubectl apply -k would apply them. It writes a kustomization.yaml to an
// empty directory.
func (k Kustomization) Build(ctx context.Context, kubectl Kubectl, dir string) (string, error) {
	text, err := k.text(dir)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("writing a kustomization: %w", err)
	}
	out, err := kubectl.Run(ctx, "kustomize", dir)
	return out.Stdout, err
}

func (k Kustomization) text(dir string) (string, error) {
	manifests, err := filepath.Rel(dir, filepath.Join(k.Root, "manifests"))
	if err != nil {
		return "", fmt.Errorf("writing a kustomization: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- %s/%s\n", manifests, k.Resource)
	if len(k.Components) > 0 {
		b.WriteString("components:\n")
	}
	for _, component := range k.Components {
		fmt.Fprintf(&b, "- %s/%s\n", manifests, component)
	}
	if len(k.Args) > 0 {
		b.WriteString("patches:\n- target: {kind: Deployment, name: promgate}\n  patch: |\n")
	}
	for _, arg := range k.Args {
		fmt.Fprintf(&b, "    - {op: add, path: /spec/template/spec/containers/0/args/-, value: %s}\n", arg)
	}
	return b.String(), nil
}
