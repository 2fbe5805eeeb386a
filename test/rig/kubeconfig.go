package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// serviceAccountKubeconfig gives a part of promgate exactly the permissions of its manifests, so
// that a test fails if one is missing. The name is that of the ServiceAccount, which the manifest
// creates in the namespace promgate.
func serviceAccountKubeconfig(ctx context.Context, kubectl Kubectl, name, manifest, dir string) (string, error) {
	if _, err := kubectl.Run(ctx, "apply", "-f", manifest); err != nil {
		return "", fmt.Errorf("granting promgate its permissions: %w", err)
	}
	return tokenKubeconfig(ctx, kubectl, "promgate", name, dir)
}

// tokenKubeconfig writes a kubeconfig for a ServiceAccount that exists.
func tokenKubeconfig(ctx context.Context, kubectl Kubectl, namespace, name, dir string) (string, error) {
	token, err := kubectl.Run(ctx, "create", "token", name, "--namespace="+namespace, "--duration="+certificateAge.String())
	if err != nil {
		return "", fmt.Errorf("making a token for promgate: %w", err)
	}
	view, err := kubectl.Run(ctx, "config", "view", "--raw", "--output=json")
	if err != nil {
		return "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	var config map[string]any
	if err := json.Unmarshal([]byte(view.Stdout), &config); err != nil {
		return "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	// The only user keeps its name, and gets another token.
	users, _ := config["users"].([]any)
	if len(users) != 1 {
		return "", errors.New("reading the kubeconfig: expected one user")
	}
	user, ok := users[0].(map[string]any)
	if !ok {
		return "", errors.New("reading the kubeconfig: the user is not an object")
	}
	user["user"] = map[string]any{"token": strings.TrimSpace(token.Stdout)}
	data, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing promgate's kubeconfig: %w", err)
	}
	path := filepath.Join(dir, name+".kubeconfig")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", fmt.Errorf("writing promgate's kubeconfig: %w", err)
	}
	return path, nil
}
