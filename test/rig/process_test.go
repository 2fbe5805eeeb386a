package rig

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestProcessThatEndsNamesItself(t *testing.T) {
	p := shellProcess(t, "echo out of luck; exit 3")

	err := p.waitFor(t.Context(), "better times", func(context.Context) error { return errors.New("not yet") })
	if err == nil {
		t.Fatal("waiting for a dead process succeeded")
	}
	for _, part := range []string{"better times", "child ended by itself", "exit status 3", "out of luck", "not yet"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error lacks %q: %v", part, err)
		}
	}
}

func TestStopEndsTheGroup(t *testing.T) {
	p := shellProcess(t, "sleep 1000 & wait")
	if p.Err() != nil {
		t.Fatal(p.Err())
	}
	start := time.Now()
	p.Stop()
	if took := time.Since(start); took > stopGrace {
		t.Errorf("it took %s", took)
	}
	p.Stop() // of a process that has ended
}

func shellProcess(t *testing.T, script string) *Process {
	t.Helper()
	p, err := StartProcess(Command{Name: "child", Path: "/bin/sh", Args: []string{"-c", script}, LogDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

func TestPollSaysWhatItHeard(t *testing.T) {
	err := Poll(t.Context(), "Godot", 10*time.Millisecond, func(context.Context) error {
		return errors.New("he does not come today")
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error should be a timeout: %v", err)
	}
	if err == nil || !strings.Contains(err.Error(), "Godot") || !strings.Contains(err.Error(), "he does not come today") {
		t.Errorf("the error should name the condition, and contain the last error: %v", err)
	}
}
