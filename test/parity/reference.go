package parity

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Reference is the operator's generator, in a process of its own.
type Reference struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *json.Decoder
}

// operatorModule is the directory of the module that pins the operator.
var operatorModule = filepath.Join("..", "operator")

// OperatorDir returns the directory of the operator's sources, as that module pins them.
func OperatorDir(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", "github.com/prometheus-operator/prometheus-operator")
	cmd.Dir, cmd.Stderr = operatorModule, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("fetching the operator's sources: %w", err)
	}
	var module struct {
		Dir string `json:"Dir"`
	}
	if err := json.Unmarshal(out, &module); err != nil {
		return "", fmt.Errorf("finding the operator's sources: %w", err)
	}
	return module.Dir, nil
}

// StartReference builds the reference into a directory and starts it. Go's build cache is used; the
// first build takes about a minute and a half.
func StartReference(ctx context.Context, dir string) (*Reference, error) {
	path := filepath.Join(dir, "reference")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./reference")
	build.Dir = operatorModule
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the reference: %w\n%s", err, strings.TrimSpace(string(out)))
	}
	r := &Reference{cmd: exec.CommandContext(ctx, path)}
	r.cmd.Stderr = os.Stderr
	var err error
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting the reference: %w", err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the reference: %w", err)
	}
	r.answers = json.NewDecoder(bufio.NewReader(out))
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the reference: %w", err)
	}
	return r, nil
}

// Ask returns the operator's answer.
func (r *Reference) Ask(request *Request) (*Answer, error) {
	if err := json.NewEncoder(r.in).Encode(request); err != nil {
		return nil, fmt.Errorf("asking the reference: %w", err)
	}
	var a Answer
	if err := r.answers.Decode(&a); err != nil {
		return nil, fmt.Errorf("reading the reference's answer: %w", err)
	}
	return &a, nil
}

// Close ends the process by closing its input.
func (r *Reference) Close() error {
	if err := r.in.Close(); err != nil {
		return fmt.Errorf("stopping the reference: %w", err)
	}
	if err := r.cmd.Wait(); err != nil {
		return fmt.Errorf("stopping the reference: %w", err)
	}
	return nil
}
