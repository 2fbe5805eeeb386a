// Package watch keeps what promgate knows of a cluster in step with the cluster: one
// informer for each kind, through the manager's cache. It also reports when that
// knowledge may be out of date.
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
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// retry is how often promgate looks whether a missing kind has been installed.
const retry = 10 * time.Second

// A Watch feeds a state. A kind that the cluster does not have is picked up once it
// appears, and forgotten when it vanishes.
type Watch struct {
	cache     ctrlcache.Cache
	discovery Discovery
	sink      Sink
	question  Question
	logger    *slog.Logger
	kinds     []*kind
	forgets   bool // the objects of a kind that vanishes are forgotten

	now    func() time.Time
	ticks  func(time.Duration) (<-chan time.Time, func())
	silent bool // the log's last line said that kinds are stale; belongs to logTurns
}

// kind is one kind of object, and what to do with its objects.
type kind struct {
	name   string
	group  schema.GroupVersion
	object client.Object
	extent extent

	synced  atomic.Pointer[func() bool]
	missing atomic.Bool // the cluster does not have the kind

	// heard is when the API server last sent the informer an event, a bookmark or a list.
	// confirmed is when promgate last asked whether the informer had missed something, and
	// it had not. Both are nil before.
	heard, confirmed atomic.Pointer[time.Time]

	// informer and events are the current informer and the watch that it reads from.
	informer atomic.Pointer[cache.SharedIndexInformer]
	events   atomic.Pointer[apiwatch.Interface]

	// misses counts the questions in a row that found what the informer does not have. It
	// belongs to askWhenSilent. trouble is why the last question had no answer.
	misses  int
	trouble atomic.Pointer[error]

	// session is the current one. It belongs to watch.
	session *session

	// unserved receives when the API server answers as if it did not have the kind.
	unserved chan struct{}
}

func newTicks(d time.Duration) (<-chan time.Time, func()) {
	ticker := time.NewTicker(d)
	return ticker.C, ticker.Stop
}

// Use sets where the objects come from: a cache that was made with [Watch.Options], the
// discovery of kinds, and what answers whether something was missed.
func (w *Watch) Use(c ctrlcache.Cache, d Discovery, q Question) {
	w.cache, w.discovery, w.question = c, d, q
}

// Ready returns an error that names a kind whose objects have not been read yet.
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
	var parts sync.WaitGroup
	for _, k := range w.kinds {
		parts.Go(func() { w.watch(ctx, k) })
		parts.Go(func() { w.askWhenSilent(ctx, k) })
	}
	parts.Go(func() { w.logTurns(ctx) })
	parts.Wait()
	return nil
}

// NeedLeaderElection reports that each replica watches, leader or not.
func (w *Watch) NeedLeaderElection() bool { return false }

// watch keeps one kind in step while the cluster has it, and waits for it while it does not.
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

// begin starts the informer of a kind and reports whether the cluster has the kind.
func (w *Watch) begin(ctx context.Context, k *kind) bool {
	// The cache never forgets a kind that it has seen once.
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
	k.confirmed.Store(nil)
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
