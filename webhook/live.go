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
	p.queue.aside(ctx, func() { object, err = p.Live.Monitor(ctx, ref) })
	return object, err //nolint:wrapcheck // it passes through
}

// listing reads many objects from the API server, and has them judged, for one review at a time. It may take long, and does so
// beside the reviews that have a core.
type listing struct {
	review.Lister

	queue *queue
}

// Objects implements [review.Lister].
func (l listing) Objects(ctx context.Context, kind, namespace string, visit func(selection.Object) bool) (err error) {
	l.queue.aside(ctx, func() { err = l.Lister.Objects(ctx, kind, namespace, visit) })
	return err //nolint:wrapcheck // it passes through
}

// aside pauses the turn of a context, if it has one, while something else goes on.
func (q *queue) aside(ctx context.Context, wait func()) {
	if t, ok := ctx.Value(turnKey{}).(*turn); ok {
		q.pause(ctx, t, wait)
		return
	}
	wait()
}

// turnKey is the key of a review's turn in its context.
type turnKey struct{}
