package rig

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Helm runs helm commands, without the user's configuration of Helm.
type Helm struct {
	// Path of the program.
	Path string
	// Kubeconfig sets the cluster and the user. It may be empty for commands that need no cluster.
	Kubeconfig string
	// Dir is for Helm's caches.
	Dir string
}

// HelmVersions are the major versions of Helm that a chart has to work with.
var HelmVersions = []int{3, 4}

// Helm returns the path of a Helm of a major version, as the module test/helmN pins it.
func (b Builder) Helm(ctx context.Context, major int) (string, error) {
	name := "helm" + strconv.Itoa(major)
	module := "helm.sh/helm/v" + strconv.Itoa(major)
	b.dir = filepath.Join(b.Root, "test", name)
	version, err := goTool(ctx, b.module(), "list", "-m", "-f", "{{.Version}}", module)
	if err != nil {
		return "", err
	}
	return b.cachedVersion(ctx, program{
		name: name, title: "Helm", pkg: module + "/cmd/helm", cold: "about 2 minutes the first time",
	}, version, "-s -w")
}

// Run runs a command. If it fails, the error contains its stderr.
func (h Helm) Run(ctx context.Context, args ...string) (Output, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, h.Path, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(),
		"KUBECONFIG="+h.Kubeconfig,
		"HELM_CACHE_HOME="+filepath.Join(h.Dir, "cache"),
		"HELM_CONFIG_HOME="+filepath.Join(h.Dir, "config"),
		"HELM_DATA_HOME="+filepath.Join(h.Dir, "data"),
	)
	err := cmd.Run()
	out := Output{Stdout: stdout.String(), Stderr: stderr.String()}
	if err != nil {
		return out, fmt.Errorf("running helm %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(out.Stderr))
	}
	return out, nil
}
