package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// Options are the dependencies and settings of a [Loop].
type Options struct {
	Target Target

	// Ready returns an error as long as some kind has not been read. Nothing is rendered before it
	// returns nil.
	Ready func() error

	// Reader reads from the API server, past all caches.
	Reader client.Reader

	Reporter *Reporter
	Render   promconfig.Options

	// Operator is the operator's scope. Nil is an operator that watches everything.
	Operator *selection.Operator

	// Now is the clock by which certificates are valid.
	Now func() time.Time

	// Debounce is how long the loop waits for further changes after one.
	Debounce time.Duration

	// ReleaseHold names the Prometheus objects whose first pass is not held, however many jobs it
	// removes.
	ReleaseHold map[types.NamespacedName]bool

	// Elected makes only the leader of several replicas work.
	Elected bool

	Logger *slog.Logger
}

// A Loop receives objects from informers, as a [github.com/promgate/promgate/internal/watch.Sink],
// and renders and writes in one goroutine.
type Loop struct {
	Options

	mu     sync.Mutex // guards engine and assets
	engine *render.Engine
	assets *live.Assets

	queue     workqueue.TypedRateLimitingInterface[selection.Ref]
	states    map[selection.Ref]*state // used by the worker alone
	unmanaged map[selection.Ref]bool   // Prometheus objects whose missing selectors have been logged; used by the worker alone
}

// New returns a loop that has no objects yet.
func New(o Options) *Loop {
	l := &Loop{Options: o, assets: live.NewAssets(o.Reader), states: map[selection.Ref]*state{}, unmanaged: map[selection.Ref]bool{}}
	l.engine = render.NewEngine(l.assets, o.Render, o.Operator, o.Now)
	l.queue = workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[selection.Ref](time.Second, time.Minute))
	return l
}

// Put adds an object or replaces it. Secrets and ConfigMaps are given as metadata only.
func (l *Loop) Put(object selection.Object) error {
	if m, ok := object.(*metav1.PartialObjectMetadata); ok && isAsset(m.Kind) {
		l.assetChanged(m.Kind, m.Namespace, m.Name, m.ResourceVersion)
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.enqueue(l.engine.Put(object))
	return nil
}

// Delete removes an object.
func (l *Loop) Delete(ref selection.Ref) {
	if isAsset(ref.Kind) {
		l.assetChanged(ref.Kind, ref.Namespace, ref.Name, "")
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.enqueue(l.engine.Delete(ref))
}

// Forget keeps the objects of a kind that the cluster no longer has. Their jobs stay in the
// configurations until the kind is back.
func (l *Loop) Forget(string) {}

func isAsset(kind string) bool {
	return kind == selection.SecretKind || kind == selection.ConfigMapKind
}

// assetChanged records that a Secret or a ConfigMap has a new resource version. The version is
// empty if the object is deleted.
func (l *Loop) assetChanged(kind, namespace, name, resourceVersion string) {
	if owner, ours := l.Target.Changed(kind, namespace, name, resourceVersion); ours {
		l.enqueue([]selection.Ref{owner})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.assets.Forget(selection.Ref{Kind: kind, Namespace: namespace, Name: name}, resourceVersion) {
		l.enqueue(l.engine.AssetChanged(kind, namespace, name))
	}
}

func (l *Loop) enqueue(refs []selection.Ref) {
	for _, ref := range refs {
		l.queue.AddAfter(ref, l.Debounce)
	}
}

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (l *Loop) NeedLeaderElection() bool { return l.Elected }

// readyInterval is the time between two checks whether every kind has been read.
const readyInterval = 100 * time.Millisecond

// Start runs the loop until the context ends.
func (l *Loop) Start(ctx context.Context) error {
	if !l.waitReady(ctx) {
		return nil
	}
	l.Logger.Info("all objects have been read; reconciling")
	l.mu.Lock()
	all := l.engine.Prometheuses()
	l.mu.Unlock()
	l.warnIdle(all)
	for _, ref := range all {
		l.queue.Add(ref)
	}
	context.AfterFunc(ctx, l.queue.ShutDown)
	for {
		ref, shutdown := l.queue.Get()
		if shutdown {
			return nil
		}
		l.work(ctx, ref)
	}
}

// warnIdle logs that the loop has no Prometheus to write for; a misspelled name is a likely cause.
func (l *Loop) warnIdle(all []selection.Ref) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ref := range all {
		if l.Target.Manages(l.engine.Object(ref)) {
			return
		}
	}
	names := make([]string, len(all))
	for i, ref := range all {
		names[i] = ref.String()
	}
	l.Logger.Warn("there is no Prometheus to write for yet", "others", names)
}

func (l *Loop) waitReady(ctx context.Context) bool {
	ticker := time.NewTicker(readyInterval)
	defer ticker.Stop()
	for l.Ready() != nil {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
	return true
}

// passTimeout is longer than any pass takes. An API server that does not answer must not block the
// loop forever.
const passTimeout = 5 * time.Minute

func (l *Loop) work(ctx context.Context, ref selection.Ref) {
	defer l.queue.Done(ref)
	begin := time.Now()
	passCtx, cancel := context.WithTimeout(ctx, passTimeout)
	again, err := l.pass(passCtx, ref)
	cancel()
	l.Reporter.passed(time.Since(begin), err)
	switch {
	case err != nil && ctx.Err() == nil:
		l.Logger.Error("could not reconcile; trying again", "prometheus", ref.String(), "error", err)
		l.reportFailure(ctx, ref, err)
		l.queue.AddRateLimited(ref)
	case again > 0:
		l.queue.Forget(ref)
		l.queue.AddAfter(ref, again)
	default:
		l.queue.Forget(ref)
	}
}

// reportedFailures is how many failures in a row set the condition. Most failures go away by
// themselves.
const reportedFailures = 3

// reportFailure reports that the written configuration may not match the objects.
func (l *Loop) reportFailure(ctx context.Context, ref selection.Ref, err error) {
	prometheus := l.object(ref)
	if prometheus == nil {
		return
	}
	if l.queue.NumRequeues(ref) < reportedFailures {
		l.Reporter.metrics.unproven(ref, failingReason)
		return
	}
	l.Reporter.unproven(ctx, prometheus, ref, problem{failingReason, err.Error()})
}

// failingReason is the condition's reason for an error that is neither the user's mistake nor
// Prometheus' refusal.
const failingReason = "Failing"

// pass updates what is written for one Prometheus. The error is a failure of promgate's, not the
// user's mistake. again is when to run the next pass even if nothing changes; 0 means never.
func (l *Loop) pass(ctx context.Context, ref selection.Ref) (again time.Duration, err error) {
	if err := l.Ready(); err != nil {
		return readyInterval, nil //nolint:nilerr // a new kind is being read
	}
	prometheus, c, err := l.render(ctx, ref)
	if prometheus == nil || errors.Is(err, promconfig.ErrUnmanaged) {
		l.stopManaging(ctx, ref, err)
		return 0, nil
	}
	switch {
	case err == nil:
		again, err = l.store(ctx, prometheus, ref, c)
	case c != nil:
		l.Reporter.leftOut(l.object, ref, c) // the objects that were left out are a cause as well
	}
	problem, ours := problemOf(err)
	if problem != nil {
		l.Reporter.unproven(ctx, prometheus, ref, *problem)
		if problem.reason == reloadRefused {
			again = refusedInterval
		}
	}
	return again, ours
}

// stopManaging forgets a Prometheus that is deleted, managed by someone else, or unmanaged.
func (l *Loop) stopManaging(ctx context.Context, ref selection.Ref, err error) {
	delete(l.states, ref)
	if o := l.object(ref); o != nil {
		l.Reporter.withdraw(ctx, o, ref)
	}
	l.Reporter.forget(ref)
	if err != nil && !l.unmanaged[ref] {
		l.Logger.Warn("skipping unmanaged Prometheus: it sets no monitor selectors", "prometheus", ref.String(), "reason", err)
	}
	l.unmanaged[ref] = err != nil
}

// render returns a nil Prometheus if the object does not exist or the target does not manage it.
func (l *Loop) render(ctx context.Context, ref selection.Ref) (selection.Object, *render.Configuration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	prometheus := l.engine.Object(ref)
	if prometheus == nil || !l.Target.Manages(prometheus) {
		return nil, nil, nil
	}
	l.assets.Begin(ctx)
	c, err := l.engine.Render(ref)
	return prometheus, c, err //nolint:wrapcheck // the error names the Prometheus
}

// store proves the configuration as a whole if necessary, and writes it.
func (l *Loop) store(ctx context.Context, prometheus selection.Object, ref selection.Ref, c *render.Configuration) (again time.Duration, err error) {
	s, err := l.state(ctx, prometheus, ref)
	if err != nil {
		return 0, err
	}
	if s.global != c.Global {
		if c, err = l.prove(ctx, prometheus, ref, c); err != nil {
			return 0, err
		}
	}
	now := contentOf(c)
	if err := l.checkHold(ctx, s, ref, now); err != nil {
		l.Reporter.leftOut(l.object, ref, c)
		return holdInterval, err
	}
	changed, err := l.Target.Write(ctx, prometheus, c)
	if err != nil {
		return 0, fmt.Errorf("writing the configuration of %s: %w", ref, err)
	}
	s.content, s.global, s.released = now, c.Global, false
	l.Reporter.leftOut(l.object, ref, c)
	l.Reporter.warn(l.object, ref, c)
	l.Reporter.proven(ctx, prometheus, ref, c, changed)
	return l.untilExpiry(c), nil
}

// object returns an object of the engine, or nil.
func (l *Loop) object(ref selection.Ref) selection.Object {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.engine.Object(ref)
}
