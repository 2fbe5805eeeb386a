package rig

import (
	"context"
	"fmt"
	"time"
)

// pollInterval is short, because the polled process is local.
const pollInterval = 100 * time.Millisecond

// Poll calls try until it returns nil. When the time is up, or the context ends, the error names
// what Poll waited for, and contains the last error of try.
func Poll(ctx context.Context, what string, timeout time.Duration, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	var last error
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		// A call that the deadline interrupts has a less useful error than the call before it.
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w; last answer: %w", what, context.Cause(ctx), last)
		}
	}
}
