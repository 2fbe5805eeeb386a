package versions

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// A process is a program of a release, which answers one question in each line. One goroutine may use it at
// a time.
type process struct {
	of    string // what it is: Prometheus 3.16.0
	cmd   *exec.Cmd
	in    io.WriteCloser
	write *json.Encoder
	read  *json.Decoder
}

// start starts a program, with additional variables of the environment. Its stderr is discarded: where Prometheus
// recovers from a panic of its own, it prints the stack.
func start(ctx context.Context, path, of string, env ...string) (*process, error) {
	p := &process{of: of, cmd: exec.CommandContext(ctx, path)}
	p.cmd.Env = append(os.Environ(), env...)
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", of, err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", of, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", of, err)
	}
	p.write, p.read = json.NewEncoder(p.in), json.NewDecoder(bufio.NewReader(out))
	return p, nil
}

func (p *process) ask(question, answer any) error {
	if err := p.write.Encode(question); err != nil {
		return fmt.Errorf("asking %s: %w", p.of, err)
	}
	if err := p.read.Decode(answer); err != nil {
		return fmt.Errorf("asking %s: %w", p.of, err)
	}
	return nil
}

// Close ends the program.
func (p *process) Close() error {
	if err := p.in.Close(); err != nil {
		return fmt.Errorf("stopping %s: %w", p.of, err)
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("stopping %s: %w", p.of, err)
	}
	return nil
}
