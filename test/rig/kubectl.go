package rig

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Kubectl runs kubectl commands against one cluster, without the user's kubectl configuration.
type Kubectl struct {
	// Path of the program.
	Path string
	// Kubeconfig sets the cluster and the user.
	Kubeconfig string
	// CacheDir is for kubectl's cache of the cluster's API. It must be new for a new cluster,
	// because ports are reused.
	CacheDir string
	// Dir is the working directory, against which kubectl resolves file names. If it is empty, it
	// is the working directory of this process.
	Dir string
}

// Output is the output of a command.
type Output struct {
	Stdout string
	Stderr string
}

// Run runs a command. If the command fails, the error contains its stderr.
func (k Kubectl) Run(ctx context.Context, args ...string) (Output, error) {
	return k.RunWithInput(ctx, "", args...)
}

// RunWithInput is [Kubectl.Run] with a text on stdin, for `-f -`.
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
