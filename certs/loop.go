package certs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// callTimeout bounds one look at the cluster.
const callTimeout = 15 * time.Second

// againAfter is the pause before another look that is needed at once.
const againAfter = 50 * time.Millisecond

// errAgain asks for another look at once.
var errAgain = errors.New("another look is needed")

// loop looks at the cluster again and again.
type loop struct {
	logger   *slog.Logger
	interval time.Duration
	step     func(context.Context) error
	wake     chan struct{}
}

func newLoop(logger *slog.Logger, interval time.Duration) *loop {
	return &loop{logger: logger, interval: interval, wake: make(chan struct{}, 1)}
}

// changed makes the loop look at once.
func (l *loop) changed() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// run looks until the context ends. The watches run beside it.
func (l *loop) run(ctx context.Context, watches ...func(context.Context)) {
	var running sync.WaitGroup
	defer running.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, w := range watches {
		running.Go(func() { w(ctx) })
	}
	var said string
	for ctx.Err() == nil {
		wait := l.interval
		err := l.look(ctx)
		if errors.Is(err, errAgain) || raced(err) {
			wait, err = min(wait, againAfter), nil
		}
		said = l.report(ctx, err, said)
		l.wait(ctx, wait)
	}
}

func (l *loop) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return l.step(ctx)
}

func (l *loop) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-l.wake:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// report logs an error once, and that it is over. It returns the last error that was logged.
func (l *loop) report(ctx context.Context, err error, said string) string {
	switch {
	case ctx.Err() != nil:
		return said
	case err != nil && err.Error() != said:
		l.logger.Error("the certificate cannot be kept up to date", "error", err)
		return err.Error()
	case err == nil && said != "":
		l.logger.Info("the certificate is kept up to date again")
		return ""
	}
	return said
}
