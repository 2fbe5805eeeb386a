package e2e

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/promgate/promgate/test/pods"
	"github.com/promgate/promgate/test/rig"
)

// bare replaces the cluster, for the duration of a test, by a new one that has the operator's CRDs and nothing of promgate. The pods
// that a test installs there run, and the API server calls webhooks through their Services.
func bare(t *testing.T) *pods.Runner {
	t.Helper()
	dir := t.TempDir()
	without, err := rig.Start(t.Context(), rig.Options{Root: root, Dir: filepath.Join(dir, "rig"), Log: t.Output(), WithoutPromgate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(without.Stop)
	before := cluster
	cluster = without
	t.Cleanup(func() { cluster = before })
	program, err := builder().Promgate(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	runner, err := pods.Start(t.Context(), pods.Options{
		Config: apiConfig(t), Program: program, IsImage: isPromgate, Dir: filepath.Join(dir, "pods"), Log: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for name, log := range runner.Logs("promgate") {
				t.Logf("the log of %s, without denials:\n%s", name, withoutDenials(log))
			}
		}
		runner.Stop()
	})
	return runner
}

func withoutDenials(log string) string {
	var b strings.Builder
	for line := range strings.Lines(log) {
		if !strings.Contains(line, `"denied an object"`) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// isPromgate reports whether an image is promgate's in the manifests or in the chart.
func isPromgate(image string) bool {
	name, _, _ := strings.Cut(image, ":")
	return name == "promgate"
}

// kustomize builds a kustomization of promgate's.
func kustomize(t *testing.T, k rig.Kustomization) string {
	t.Helper()
	k.Root = root
	built, err := k.Build(t.Context(), cluster.Kubectl, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// rolledOut waits until all pods of Deployments in a namespace are up to date and ready.
func rolledOut(t *testing.T, namespace string, deployments ...string) {
	t.Helper()
	for _, name := range deployments {
		kubectl(t, "", "rollout", "status", "deployment/"+name, "--namespace="+namespace, "--timeout=2m")
	}
}

// podsLeft is a condition: a namespace has no more pods than this.
func podsLeft(namespace string, n int) func(context.Context) error {
	return func(ctx context.Context) error {
		out, err := cluster.Kubectl.Run(ctx, "get", "pods", "--namespace="+namespace, "--output=name")
		if err == nil && strings.Count(out.Stdout, "\n") > n {
			err = errors.New(out.Stdout)
		}
		return err
	}
}
