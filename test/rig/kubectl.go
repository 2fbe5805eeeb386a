package rig

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Kubectl runs kubectl commands against one cluster, untouched by the kubectl
// configuration of whoever runs it.
type Kubectl struct {
	// Path of the program.
	Path string
	// Kubeconfig says which cluster, and as whom.
	Kubeconfig string
	// CacheDir is for what kubectl remembers about the cluster's API. It must be
	// fresh for a fresh cluster: ports are used again.
	CacheDir string
	// Dir is the working directory, against which kubectl resolves file names;
	// empty means that of this process.
	Dir string
}

// Output is what a command said.
type Output struct {
	Stdout string
	Stderr string
}

// Run runs a command. The error of a command that failed holds its stderr.
func (k Kubectl) Run(ctx context.Context, args ...string) (Output, error) {
	return k.RunWithInput(ctx, "", args...)
}

// RunWithInput is [Kubectl.Run] with something on stdin, for `-f -`.
func (k Kubectl) RunWithInput(ctx context.Context, input string, args ...string) (Output, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, k.Path, args...)
	cmd.Dir = k.Dir
	cmd.Stdin = strings.NewReader(input)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(),
		"KUBECONFIG="+k.Kubeconfig,
		"KUBECACHEDIR="+k.CacheDir,
		"KUBERC=off",
	)
	err := cmd.Run()
	out := Output{Stdout: stdout.String(), Stderr: stderr.String()}
	if err != nil {
		return out, fmt.Errorf("running kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(out.Stderr))
	}
	return out, nil
}
