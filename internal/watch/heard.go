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

// tapped returns a source that notes everything that comes from another one. Bookmarks are
// not handed to the informer's handlers, and on a quiet cluster they do not change a
// resource version either: only here can they be seen.
func (w *Watch) tapped(source cache.ListerWatcher, k *kind) cache.ListerWatcher {
	from := cache.ToListerWatcherWithContext(source)
	return cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			list, err := from.ListWithContext(ctx, options)
			w.note(k, err)
			return list, err //nolint:wrapcheck // the informer looks at its type
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (apiwatch.Interface, error) {
			events, err := from.WatchWithContext(ctx, options)
			if err != nil {
				w.note(k, err)
				return nil, err //nolint:wrapcheck // the same
			}
			k.events.Store(&events)
			// That a watch opens proves nothing: each of its events does.
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
		// Several kinds are read as metadata.
		if m, ok := object.(*metav1.PartialObjectMetadata); ok && m.Kind != k.name {
			continue
		}
		return k
	}
	return nil
}

// note records an answer of the API server to the informer, or an event.
func (w *Watch) note(k *kind, err error) {
	if err == nil {
		now := w.now()
		k.heard.Store(&now)
		return
	}
	if apierrors.IsNotFound(err) {
		select {
		case k.unserved <- struct{}{}:
		default: // the kind's watch knows already
		}
	}
}

// staleAfter is how old promgate's knowledge of a kind may be: that long ago the API server
// last sent something to the informer, or was last asked and had nothing that the informer
// did not have. Silence alone says nothing, see docs/adr/0013-staleness.md.
const staleAfter = 90 * time.Second

// Stale names a kind of which promgate may have missed changes. A kind that is not
// installed, or not read yet, is not stale. It answers from memory.
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
	known := k.known()
	return known != nil && !k.missing.Load() && now.Sub(*known) > staleAfter
}

// known returns the moment up to which the informer is known to have missed nothing; nil
// before it has read anything.
func (k *kind) known() *time.Time {
	heard, confirmed := k.heard.Load(), k.confirmed.Load()
	if heard != nil && confirmed != nil && confirmed.After(*heard) {
		return confirmed
	}
	return heard
}

// turnInterval is how often promgate looks whether it has to log that it lost touch with the
// API server, or that it is in step again. Requests look for themselves.
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

// logTurn logs once that kinds have become stale, and once that none is any more.
func (w *Watch) logTurn() {
	var stale []string
	var trouble error
	now := w.now()
	for _, k := range w.kinds {
		if !k.stale(now) {
			continue
		}
		stale = append(stale, k.name)
		if err := k.trouble.Load(); err != nil && trouble == nil {
			trouble = *err
		}
	}
	switch {
	case len(stale) > 0 && !w.silent:
		w.logger.Warn("the API server sends nothing and does not answer; until it does, duplicate jobs are warnings", "kinds", stale, "after", staleAfter, "error", trouble)
	case len(stale) == 0 && w.silent:
		w.logger.Info("in step with the API server again")
	}
	w.silent = len(stale) > 0
}
