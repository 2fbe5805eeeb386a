// Command run implements `make run`: a control plane with promgate in front of it, the repository's
// examples, and a real Prometheus that runs on the configuration that promgate's loop generates
// from them, with a real Alertmanager, until Ctrl-C. It uses kubectl to show promgate's effects on the examples, and ends
// with an error if they are not as expected.
//
// All files are in .run/ at the root of the repository, or in PROMGATE_RUN_DIR. Before it prints
// the line "ready", it writes the files kubeconfig and env.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/promgate/promgate/test/rig"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	// A second Ctrl-C ends the process immediately, and its children with it.
	context.AfterFunc(ctx, stop)

	err := run(ctx, os.Stdout)
	// An interrupt is not a failure, at whatever point it happens.
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "run: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	root, err := rig.FindRoot()
	if err != nil {
		return err
	}
	dir, err := runDir(root)
	if err != nil {
		return err
	}
	kubectl, err := exec.LookPath("kubectl")
	if err != nil && !errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("looking for kubectl: %w", err)
	}

	r, err := rig.Start(ctx, rig.Options{Root: root, Dir: dir, Kubectl: kubectl, Log: out})
	if err != nil {
		return err
	}
	defer r.Stop()
	r.Kubectl.Dir = root
	if err := showExamples(ctx, out, r.Kubectl); err != nil {
		return err
	}
	if err := showMonitoring(ctx, out, r); err != nil {
		return err
	}
	if err := writeEnv(dir, r); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nTo use it from another terminal:\n  export KUBECONFIG=%s\n", r.Kubectl.Kubeconfig)
	if kubectl == "" {
		fmt.Fprintf(out, "  alias kubectl=%s\n", r.Kubectl.Path)
	}
	fmt.Fprintf(out, "Prometheus is at %s, Alertmanager at %s\n", r.Monitoring.Prometheus.URL, r.Alerting.Alertmanager.URL)
	fmt.Fprintf(out, "To see an alert arrive: kill %d, which is node_exporter\n", r.Monitoring.Node.Process().PID())
	fmt.Fprintf(out, "Logs are in %s. Ctrl-C ends everything.\n\nready\n", dir)

	if err := r.Wait(ctx); err != nil {
		return err
	}
	fmt.Fprintln(out, "stopping ...")
	return nil
}

// runDir returns the absolute path of the run directory.
func runDir(root string) (string, error) {
	dir := os.Getenv("PROMGATE_RUN_DIR")
	if dir == "" {
		return filepath.Join(root, ".run"), nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding the run directory: %w", err)
	}
	return abs, nil
}

// writeEnv writes the variables that a script needs, as lines of NAME=value.
func writeEnv(dir string, r *rig.Rig) error {
	env := fmt.Sprintf("KUBECONFIG=%s\nPROMGATE=%s\nPROMGATE_URL=%s\nPROMGATE_CA=%s\nPROMETHEUS_URL=%s\nALERTMANAGER_URL=%s\nNODE_EXPORTER_PID=%d\n",
		r.Kubectl.Kubeconfig, r.Promgate.Path(), r.Promgate.URL, r.Promgate.CAFile, r.Monitoring.Prometheus.URL, r.Alerting.Alertmanager.URL, r.Monitoring.Node.Process().PID())
	if err := os.WriteFile(filepath.Join(dir, "env"), []byte(env), 0o600); err != nil {
		return fmt.Errorf("writing the variables for scripts: %w", err)
	}
	return nil
}
