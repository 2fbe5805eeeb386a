package rig

import (
	"context"
	"fmt"
	"time"
)

// pollInterval is short, since what is polled is a local process.
const pollInterval = 100 * time.Millisecond

// Poll calls try until it gives nil. When the time is up, or the context ends, the
// error says what was waited for and what try said last.
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
		// A try that the deadline cut short has less to say than the one before.
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
