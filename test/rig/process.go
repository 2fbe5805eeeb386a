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

// stopGrace is how long a process has to end after SIGTERM. The API server needs 2 seconds; the
// rest is for a machine under load.
const stopGrace = 15 * time.Second

// startTimeout is how long a process has to become ready. It needs 2 to 3 seconds; the rest is for
// a machine under load.
const startTimeout = time.Minute

// tailLines is how many lines of a log an error contains.
const tailLines = 20

// Command is a program to run in the background.
type Command struct {
	// Name is the name of the process in messages.
	Name string
	// Path of the program, and its arguments.
	Path string
	Args []string
	// Env is added to the environment of this process, as NAME=value.
	Env []string
	// LogDir is the directory of <name>.log, which contains stdout and stderr.
	LogDir string
}

// Process is a program that runs in the background, in a process group of its own, so that Ctrl-C
// at a terminal reaches only its parent. On Linux it dies with its parent, however the parent ends.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}
	err  error // how it ended; read it only after done is closed
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
		// For the kernel, the thread that starts a child is its parent: the thread has to live as
		// long as the child.
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

// startReady starts a program, and returns when it is ready. A program that does not become ready is ended.
func startReady(ctx context.Context, c Command, what string, ready func(context.Context) error) (*Process, error) {
	p, err := StartProcess(c)
	if err != nil {
		return nil, err
	}
	if err := p.waitFor(ctx, what, ready); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

// Name returns the name from the process's [Command].
func (p *Process) Name() string { return p.name }

// PID returns the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done returns a channel that is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err returns an error that says how the process ended, with the end of its log, or nil while it is
// running.
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

// waitFor is [Poll] for a condition that needs the process: it stops early if the process ends, and
// its error contains the end of the process's log.
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

// Stop sends SIGTERM to the process, kills it and its children if that does not end it, and returns
// when it has ended.
func (p *Process) Stop() { p.StopWithin(stopGrace) }

// StopWithin is [Process.Stop] with another time between the two signals.
func (p *Process) StopWithin(grace time.Duration) {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
		p.signal(syscall.SIGKILL)
		<-p.done
	}
}

// signal sends a signal to the whole process group. It sends nothing if the process has ended,
// because its id may belong to another process by now.
func (p *Process) signal(s syscall.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(-p.PID(), s)
	}
}

// killGroup kills a process and its children immediately.
func killGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }
