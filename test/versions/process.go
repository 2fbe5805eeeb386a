package versions

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
)

// A process is a program of a release, which answers one question in each line. One goroutine may use it at
// a time.
type process struct {
	version string // of Prometheus: 3.16.0
	cmd     *exec.Cmd
	in      io.WriteCloser
	write   *json.Encoder
	read    *json.Decoder
}

// start starts a program. Its stderr is discarded: where Prometheus recovers from a panic of its own, it
// prints the stack.
func start(ctx context.Context, path, version string) (*process, error) {
	p := &process{version: version, cmd: exec.CommandContext(ctx, path)}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting Prometheus %s: %w", version, err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting Prometheus %s: %w", version, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting Prometheus %s: %w", version, err)
	}
	p.write, p.read = json.NewEncoder(p.in), json.NewDecoder(bufio.NewReader(out))
	return p, nil
}

func (p *process) ask(question, answer any) error {
	if err := p.write.Encode(question); err != nil {
		return fmt.Errorf("asking Prometheus %s: %w", p.version, err)
	}
	if err := p.read.Decode(answer); err != nil {
		return fmt.Errorf("asking Prometheus %s: %w", p.version, err)
	}
	return nil
}

// Close ends the program.
func (p *process) Close() error {
	if err := p.in.Close(); err != nil {
		return fmt.Errorf("stopping Prometheus %s: %w", p.version, err)
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("stopping Prometheus %s: %w", p.version, err)
	}
	return nil
}
