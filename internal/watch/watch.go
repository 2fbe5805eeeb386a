// Package watch keeps what promgate knows of a cluster in step with the cluster: one
// informer for each kind, through the manager's cache. It also says when what is known
// has become old.
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
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// retry is how often promgate looks whether a kind is installed by now.
const retry = 10 * time.Second

// A Watch feeds a state. A kind that the cluster does not have is picked up once it
// appears, and forgotten when it vanishes.
type Watch struct {
	cache     ctrlcache.Cache
	discovery Discovery
	sink      Sink
	logger    *slog.Logger
	kinds     []*kind
	forgets   bool // the objects of a kind that vanishes are forgotten

	now    func() time.Time
	ticks  func(time.Duration) (<-chan time.Time, func())
	silent bool // what the log said last; only the one that writes it looks
}

// kind is one kind of object, and what becomes of its objects.
type kind struct {
	name   string
	group  schema.GroupVersion
	object client.Object
	extent extent

	synced  atomic.Pointer[func() bool]
	missing atomic.Bool // the cluster does not have the kind

	// heard is when the API server last sent an event, a bookmark or a list. Nil before.
	heard atomic.Pointer[time.Time]

	// session is the current one. Only the one that watches the kind touches it.
	session *session

	// unserved tells that the API server answered as if it did not have the kind.
	unserved chan struct{}
}

func newTicks(d time.Duration) (<-chan time.Time, func()) {
	ticker := time.NewTicker(d)
	return ticker.C, ticker.Stop
}

// Use says where the objects come from: a cache that was made with [Watch.Options], and
// who says which kinds there are.
func (w *Watch) Use(c ctrlcache.Cache, d Discovery) { w.cache, w.discovery = c, d }

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
	all.Go(func() { w.logTurns(ctx) })
	all.Wait()
	return nil
}

// NeedLeaderElection says that no replica waits for another.
func (w *Watch) NeedLeaderElection() bool { return false }

// watch keeps one kind in step, for as long as the cluster has it, again and again.
func (w *Watch) watch(ctx context.Context, k *kind) {
	tick, stop := w.ticks(retry)
	defer stop()
	for ctx.Err() == nil {
		if w.begin(ctx, k) {
			w.untilGone(ctx, k)
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick:
		}
	}
}

// begin starts the informer of a kind, if the cluster has the kind.
func (w *Watch) begin(ctx context.Context, k *kind) bool {
	// The cache goes on believing in a kind that it has seen once.
	if k.missing.Load() && !w.installed(ctx, k, false) {
		return false
	}
	err := w.inform(ctx, k)
	switch {
	case err == nil:
		return true
	case ctx.Err() != nil:
	case !meta.IsNoMatchError(errors.Unwrap(err)):
		w.logger.Error("watching a kind", "kind", k.name, "error", err)
	case !k.missing.Swap(true):
		w.logger.Info("the cluster does not have a kind; looking again until it has", "kind", k.name)
	}
	return false
}

func (w *Watch) inform(ctx context.Context, k *kind) error {
	k.heard.Store(nil)
	informer, err := w.cache.GetInformer(ctx, k.object, ctrlcache.BlockUntilSynced(false))
	if err != nil {
		return fmt.Errorf("watching %s: %w", k.name, err)
	}
	s := &session{watch: w, kind: k}
	registration, err := informer.AddEventHandler(s)
	if err != nil {
		return fmt.Errorf("watching %s: %w", k.name, err)
	}
	synced := registration.HasSynced
	k.session = s
	k.synced.Store(&synced)
	k.missing.Store(false)
	return nil
}
