package watch

import (
	"context"
	"reflect"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// tapped is what an informer reads from, with a note taken of all that comes. Bookmarks
// are not handed to the informer's handlers, and where nothing happens they do not move a
// resource version either: they are seen only here.
func (w *Watch) tapped(source cache.ListerWatcher, object runtime.Object) cache.ListerWatcher {
	k := w.kindOf(object)
	if k == nil {
		return source
	}
	from := cache.ToListerWatcherWithContext(source)
	return cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			list, err := from.ListWithContext(ctx, options)
			w.note(k, err)
			return list, err //nolint:wrapcheck // the informer looks at what it is
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (apiwatch.Interface, error) {
			events, err := from.WatchWithContext(ctx, options)
			if err != nil {
				w.note(k, err)
				return nil, err //nolint:wrapcheck // the same
			}
			// That a watch begins says nothing: each of its events does.
			return apiwatch.Filter(events, func(e apiwatch.Event) (apiwatch.Event, bool) {
				if e.Type != apiwatch.Error {
					w.note(k, nil)
				}
				return e, true
			}), nil
		},
	}, source)
}

func (w *Watch) kindOf(object runtime.Object) *kind {
	for _, k := range w.kinds {
		if reflect.TypeOf(k.object) != reflect.TypeOf(object) {
			continue
		}
		// Several kinds may be read as metadata alone.
		if m, ok := object.(*metav1.PartialObjectMetadata); ok && m.Kind != k.name {
			continue
		}
		return k
	}
	return nil
}

// note is called with each answer of the API server, and each event.
func (w *Watch) note(k *kind, err error) {
	if err == nil {
		now := w.now()
		k.heard.Store(&now)
		return
	}
	if apierrors.IsNotFound(err) {
		select {
		case k.unserved <- struct{}{}:
		default: // it is told already
		}
	}
}

// staleAfter is how long a watch may be silent. Where nothing happens the API server
// sends a bookmark each minute.
const staleAfter = 90 * time.Second

// Stale names a kind of which nothing has been heard for so long that what is known of
// its objects may be old. A kind that is not installed, or not read yet, is not stale.
func (w *Watch) Stale() (kind string, stale bool) {
	now := w.now()
	for _, k := range w.kinds {
		if k.stale(now) {
			return k.name, true
		}
	}
	return "", false
}

func (k *kind) stale(now time.Time) bool {
	heard := k.heard.Load()
	return heard != nil && !k.missing.Load() && now.Sub(*heard) > staleAfter
}

// turnInterval is how often promgate looks whether there is something to say about
// staleness. Requests look for themselves.
const turnInterval = 5 * time.Second

func (w *Watch) logTurns(ctx context.Context) {
	tick, stop := w.ticks(turnInterval)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			w.logTurn()
		}
	}
}

// logTurn says once that what is known becomes old, and once that it is in step again.
func (w *Watch) logTurn() {
	var stale []string
	now := w.now()
	for _, k := range w.kinds {
		if k.stale(now) {
			stale = append(stale, k.name)
		}
	}
	switch {
	case len(stale) > 0 && !w.silent:
		w.logger.Warn("the API server has sent nothing for too long; until it does, duplicate jobs are warnings", "kinds", stale, "after", staleAfter)
	case len(stale) == 0 && w.silent:
		w.logger.Info("in step with the API server again")
	}
	w.silent = len(stale) > 0
}
