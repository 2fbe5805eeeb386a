package webhook

import (
	"context"

	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/selection"
)

// pausing reads from the API server without keeping a core from other reviews meanwhile.
type pausing struct {
	review.Live

	queue *queue
}

// Monitor implements [review.Live].
func (p pausing) Monitor(ctx context.Context, ref selection.Ref) (object selection.Object, err error) {
	p.pause(ctx, func() { object, err = p.Live.Monitor(ctx, ref) })
	return object, err //nolint:wrapcheck // it passes through
}

func (p pausing) pause(ctx context.Context, wait func()) {
	if t, ok := ctx.Value(turnKey{}).(*turn); ok {
		p.queue.pause(ctx, t, wait)
		return
	}
	wait()
}

// turnKey is the key of a review's turn in its context.
type turnKey struct{}
