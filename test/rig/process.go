package rig

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// stopGrace is how long a process has to end after SIGTERM. The API server takes
// 2 seconds; the rest is for a machine under load.
const stopGrace = 15 * time.Second

// startTimeout is how long a process has until it is ready. It takes 2 to 3
// seconds; the rest is for a machine under load.
const startTimeout = time.Minute

// tailLines is how much of a log an error shows.
const tailLines = 20

// Command is a program to run in the background.
type Command struct {
	// Name is what messages call the process.
	Name string
	// Path of the program, and its arguments.
	Path string
	Args []string
	// Env is what the program finds in its environment beyond ours, as NAME=value.
	Env []string
	// LogDir is where <name>.log goes, with stdout and stderr.
	LogDir string
}

// Process is a program that runs in the background, in a process group of its
// own, so that Ctrl-C at a terminal reaches its parent alone. On Linux it dies
// with its parent, however that ends.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
	err  error // how it ended; to be read after done
}

// StartProcess starts a program.
func StartProcess(c Command) (*Process, error) {
	p := &Process{name: c.Name, log: filepath.Join(c.LogDir, c.Name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.Name, err)
	}
	defer log.Close()

	p.cmd = exec.Command(c.Path, c.Args...)
	p.cmd.Env = append(os.Environ(), c.Env...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = processAttributes()

	started := make(chan error)
	go func() {
		// The kernel takes the thread that starts a child for its parent: the
		// thread has to last as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := p.cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.Name, err)
	}
	return p, nil
}

// Name is what the process was called when it was started.
func (p *Process) Name() string { return p.name }

// PID is the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how a process ended, with the end of its log; nil while it runs.
func (p *Process) Err() error {
	select {
	case <-p.done:
	default:
		return nil
	}
	how := "exit status 0"
	if p.err != nil {
		how = p.err.Error()
	}
	return fmt.Errorf("%s ended by itself: %s; the end of %s:\n%s", p.name, how, p.log, tail(p.log, tailLines))
}

// waitFor is [Poll] for what needs the process: it gives up early when the process
// ends, and its error holds the end of the process's log.
func (p *Process) waitFor(ctx context.Context, what string, try func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-p.done:
			cancel(p.Err())
		case <-ctx.Done():
		}
	}()
	err := Poll(ctx, what, startTimeout, try)
	if err != nil && p.Err() == nil {
		err = fmt.Errorf("%w; the end of %s:\n%s", err, p.log, tail(p.log, tailLines))
	}
	return err
}

// Stop asks the process to end, kills it and its children if it does not, and
// returns when it is gone.
func (p *Process) Stop() {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(stopGrace):
		p.signal(syscall.SIGKILL)
		<-p.done
	}
}

// signal reaches the whole process group. Nothing is sent to a process that is
// gone, whose id may be another's by now.
func (p *Process) signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.PID(), s)
	}
}

// killGroup ends a process and its children at once.
func killGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }
