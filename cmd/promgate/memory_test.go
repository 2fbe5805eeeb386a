package main

import (
	"errors"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// TestLimitMemory: the garbage collector keeps within nine tenths of the container's limit, and promgate starts without one.
func TestLimitMemory(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "") // puts the old value back at the end
	os.Unsetenv("GOMEMLIMIT")
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	none := func() (uint64, error) { return 0, memlimit.ErrNoLimit }
	unreadable := func() (uint64, error) { return 0, errors.New("no cgroups here") }
	cases := map[string]struct {
		limit       memlimit.Provider
		want, inUse int64
		logs        string
	}{
		"Limit":      {limit: memlimit.Limit(1000 << 20), want: 900 << 20, inUse: 900 << 20, logs: "memory is limited"},
		"NoLimit":    {limit: none, inUse: math.MaxInt64, logs: "not limited"},
		"Unreadable": {limit: unreadable, inUse: math.MaxInt64, logs: "no cgroups here"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			debug.SetMemoryLimit(math.MaxInt64)
			var logs strings.Builder
			got := limitMemory(tc.limit, slog.New(slog.NewTextHandler(&logs, nil)))
			if inUse := debug.SetMemoryLimit(-1); got != tc.want || inUse != tc.inUse {
				t.Errorf("%d bytes, and the garbage collector keeps within %d", got, inUse)
			}
			if !strings.Contains(logs.String(), tc.logs) {
				t.Errorf("the log: %s", &logs)
			}
		})
	}
}

// TestCollectLate: a small input lets the collector wait, in bounds.
func TestCollectLate(t *testing.T) {
	before, percent := debug.SetMemoryLimit(-1), debug.SetGCPercent(100)
	t.Cleanup(func() {
		debug.SetMemoryLimit(before)
		debug.SetGCPercent(percent)
	})
	for name, c := range map[string]struct {
		reason      string
		input       int
		container   memlimit.Provider
		environment string
		wantLimit   int64
		wantPercent int
	}{
		"Small":       {reason: "nothing is collected until the limit", input: 1, container: memlimit.Limit(8 << 30), wantLimit: someMemory, wantPercent: -1},
		"SmallMemory": {reason: "a container with little memory bounds it", input: 1, container: memlimit.Limit(100 << 20), wantLimit: 50 << 20, wantPercent: -1},
		"Large":       {reason: "garbage is collected as usual", input: fewBytes + 1, container: memlimit.Limit(8 << 30), wantLimit: before, wantPercent: 100},
		"Set":         {reason: "the user's setting counts", input: 1, container: memlimit.Limit(8 << 30), environment: "50", wantLimit: before, wantPercent: 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOGC", c.environment)
			t.Setenv("GOMEMLIMIT", "")
			debug.SetMemoryLimit(before)
			debug.SetGCPercent(100)
			collectLate(c.container)(c.input)
			if limit := debug.SetMemoryLimit(-1); limit != c.wantLimit {
				t.Errorf("%s: the limit is %d, want %d", c.reason, limit, c.wantLimit)
			}
			if percent := debug.SetGCPercent(100); percent != c.wantPercent {
				t.Errorf("%s: the percentage is %d, want %d", c.reason, percent, c.wantPercent)
			}
		})
	}
}
