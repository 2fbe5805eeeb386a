package rig

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"
)

const operatorModule = "github.com/prometheus-operator/prometheus-operator"

// crdTimeout is how long the API server has to establish the CRDs, which are large.
const crdTimeout = time.Minute

// OperatorDir returns the directory of the Prometheus Operator's sources, which the module
// test/operator pins and its go.sum verifies.
func OperatorDir(ctx context.Context, root string) (string, error) {
	out, err := goTool(ctx, filepath.Join(root, "test", "operator"), "mod", "download", "-json", operatorModule)
	if err != nil {
		return "", fmt.Errorf("fetching the operator's sources: %w", err)
	}
	var module struct {
		Dir string `json:"Dir"`
	}
	if err := json.Unmarshal([]byte(out), &module); err != nil {
		return "", fmt.Errorf("finding the operator's sources: %w", err)
	}
	return module.Dir, nil
}

// InstallCRDs installs the operator's CRDs and returns when their kinds are served.
func InstallCRDs(ctx context.Context, kubectl Kubectl, operatorDir string) error {
	dir := filepath.Join(operatorDir, "example", "prometheus-operator-crd")
	// Server-side: the CRDs are too large for the annotation of a client-side apply.
	if _, err := kubectl.Run(ctx, "apply", "--server-side", "-f", dir); err != nil {
		return fmt.Errorf("installing the operator's CRDs: %w", err)
	}
	_, err := kubectl.Run(ctx, "wait", "--for=condition=Established", "--timeout="+crdTimeout.String(), "-f", dir)
	if err != nil {
		return fmt.Errorf("installing the operator's CRDs: %w", err)
	}
	return nil
}

// StartOperator starts the prometheus-operator at path, as the cluster's administrator and outside
// of the cluster, and returns when it is running. Its log is in dir. It watches all namespaces,
// unless extra arguments such as --namespaces limit that.
func StartOperator(ctx context.Context, path, dir string, kubectl Kubectl, extraArgs ...string) (*Server, error) {
	return startServer(ctx, freePort, Command{
		Name: "prometheus-operator",
		Path: path,
		Args: extraArgs,
		// The operator has no flag for the kubeconfig.
		Env:    []string{"KUBECONFIG=" + kubectl.Kubeconfig},
		LogDir: dir,
	}, signs{log: "starting insecure server", path: "/healthz"})
}
