// Package watch keeps what promgate knows of a cluster in step with the cluster: one
// informer for each kind, through the manager's cache.
package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/tools/cache"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/cluster"
)

// retry is how often promgate looks whether a kind is installed by now.
const retry = 10 * time.Second

// A Watch feeds a state. A kind that the cluster does not have is picked up once it
// appears.
type Watch struct {
	cache  ctrlcache.Cache
	logger *slog.Logger
	kinds  []*kind
}

// kind is one kind of object, and what becomes of its objects.
type kind struct {
	name   string
	object client.Object
	put    func(object any) error
	delete func(object client.Object)

	synced  atomic.Pointer[func() bool]
	missing atomic.Bool // the cluster does not have the kind
}

// New makes a watch on a cache that was made with [Options].
func New(c ctrlcache.Cache, state *cluster.State, logger *slog.Logger) *Watch {
	return &Watch{cache: c, logger: logger, kinds: kinds(state)}
}

// Ready says what is not read yet.
func (w *Watch) Ready() error {
	for _, k := range w.kinds {
		if synced := k.synced.Load(); !k.missing.Load() && (synced == nil || !(*synced)()) {
			return fmt.Errorf("the %s objects are not read yet", k.name)
		}
	}
	return nil
}

// Start watches until the context ends.
func (w *Watch) Start(ctx context.Context) error {
	var all sync.WaitGroup
	for _, k := range w.kinds {
		all.Go(func() { w.watch(ctx, k) })
	}
	all.Wait()
	<-ctx.Done()
	return nil
}

// NeedLeaderElection says that no replica waits for another.
func (w *Watch) NeedLeaderElection() bool { return false }

func (w *Watch) watch(ctx context.Context, k *kind) {
	ticker := time.NewTicker(retry)
	defer ticker.Stop()
	for {
		err := w.inform(ctx, k)
		if err == nil || ctx.Err() != nil {
			return
		}
		if !meta.IsNoMatchError(errors.Unwrap(err)) {
			w.logger.Error("watching a kind", "kind", k.name, "error", err)
		} else if !k.missing.Swap(true) {
			w.logger.Info("the cluster does not have a kind; looking again until it has", "kind", k.name)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (w *Watch) inform(ctx context.Context, k *kind) error {
	informer, err := w.cache.GetInformer(ctx, k.object, ctrlcache.BlockUntilSynced(false))
	if err != nil {
		return fmt.Errorf("watching %s: %w", k.name, err)
	}
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { w.put(k, object) },
		UpdateFunc: func(before, now any) {
			if !sameSpec(before, now) {
				w.put(k, now)
			}
		},
		DeleteFunc: func(object any) {
			if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = gone.Obj
			}
			if o, ok := object.(client.Object); ok {
				k.delete(o)
			}
		},
	})
	if err != nil {
		return fmt.Errorf("watching %s: %w", k.name, err)
	}
	synced := registration.HasSynced
	k.synced.Store(&synced)
	k.missing.Store(false)
	return nil
}

func (w *Watch) put(k *kind, object any) {
	if err := k.put(object); err != nil {
		w.logger.Warn("an object cannot be used, so nothing counts as selected by it", "kind", k.name, "error", err)
	}
}

// sameSpec spares the work on what only changed its status, as the operator does to its
// Prometheus objects all the time. Labels count for all, and a deletion that has begun.
func sameSpec(before, now any) bool {
	a, isObject := before.(client.Object)
	b, isObjectToo := now.(client.Object)
	if !isObject || !isObjectToo || b.GetGeneration() == 0 {
		return false
	}
	return a.GetUID() == b.GetUID() && a.GetGeneration() == b.GetGeneration() && sameLabels(a, b) &&
		(a.GetDeletionTimestamp() == nil) == (b.GetDeletionTimestamp() == nil)
}
