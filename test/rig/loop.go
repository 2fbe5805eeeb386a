package rig

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"
)

// Loop is a running `promgate reconcile`.
type Loop struct {
	// URL of its metrics, without a path.
	URL string
	// LogFile is its log.
	LogFile string

	process *Process
}

// StartLoop starts the program at path with the permissions of the ServiceAccount in
// manifests/reconcile, and returns when it has read the cluster. Its files are in dir, which no
// other loop may use. The arguments are those of promgate reconcile.
func StartLoop(ctx context.Context, path, root, dir string, kubectl Kubectl, args ...string) (*Loop, error) {
	kubeconfig, err := serviceAccountKubeconfig(ctx, kubectl, "promgate-reconcile", filepath.Join(root, "manifests", "reconcile", "rbac.yaml"), dir)
	if err != nil {
		return nil, err
	}
	metrics, err := freePort()
	if err != nil {
		return nil, err
	}
	health, err := freePort()
	if err != nil {
		return nil, err
	}
	l := &Loop{URL: fmt.Sprintf("http://127.0.0.1:%d", metrics), LogFile: filepath.Join(dir, "reconcile.log")}
	client := &http.Client{Timeout: 10 * time.Second}
	l.process, err = startReady(ctx, Command{
		Name: "reconcile", Path: path, LogDir: dir,
		Args: append([]string{
			"reconcile", "--kubeconfig", kubeconfig, "--log-format", "text", "--lease-namespace", "promgate",
			"--metrics-address", fmt.Sprintf("127.0.0.1:%d", metrics), "--health-address", fmt.Sprintf("127.0.0.1:%d", health),
		}, args...),
	}, "promgate reconcile", func(ctx context.Context) error {
		return get(ctx, client, fmt.Sprintf("http://127.0.0.1:%d/readyz", health))
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Process returns the process of the loop.
func (l *Loop) Process() *Process { return l.process }

// Stop ends the loop.
func (l *Loop) Stop() { l.process.Stop() }
