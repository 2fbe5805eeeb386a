package rig

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"
)

// Audit is a running `promgate audit --watch`.
type Audit struct {
	// URL of its metrics, without a path.
	URL string
	// LogFile is its log.
	LogFile string

	process *Process
}

// StartAudit starts the program at path with the permissions of the ServiceAccount in manifests/audit, and
// returns when its first audit has ended. Its files are in dir, which no other audit may use. The
// arguments are those of promgate audit --watch.
func StartAudit(ctx context.Context, path, root, dir string, kubectl Kubectl, args ...string) (*Audit, error) {
	kubeconfig, err := serviceAccountKubeconfig(ctx, kubectl, "promgate-audit", filepath.Join(root, "manifests", "audit", "rbac.yaml"), dir)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	a := &Audit{URL: "http://" + address, LogFile: filepath.Join(dir, "audit.log")}
	client := &http.Client{Timeout: 10 * time.Second}
	a.process, err = startReady(ctx, Command{
		Name: "audit", Path: path, LogDir: dir,
		Args: append([]string{"audit", "--watch", "--kubeconfig", kubeconfig, "--log-format", "text", "--listen", address}, args...),
	}, "promgate audit --watch", func(ctx context.Context) error { return get(ctx, client, a.URL+"/readyz") })
	if err != nil {
		return nil, err
	}
	return a, nil
}

// Stop ends the audit.
func (a *Audit) Stop() { a.process.Stop() }
