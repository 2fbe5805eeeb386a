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
