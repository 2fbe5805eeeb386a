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

	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// Options are what a [Loop] works with.
type Options struct {
	Target Target

	// Ready says what is not read yet. Nothing is rendered before it is nil.
	Ready func() error

	// Reader reads from the API server itself, past all caches.
	Reader client.Reader

	Reporter *Reporter
	Render   promconfig.Options

	// Operator is what the operator looks at; nil if that is everything.
	Operator *selection.Operator

	// Debounce is how long to wait for more changes after one.
	Debounce time.Duration

	// ReleaseHold are those whose first pass is not held, however much goes.
	ReleaseHold map[types.NamespacedName]bool

	// Elected says that only the leader of several replicas works.
	Elected bool

	Logger *slog.Logger
}

// A Loop is fed by informers, as [github.com/promgate/promgate/internal/watch.Sink], and works in one goroutine.
type Loop struct {
	Options

	mu     sync.Mutex // held over the engine and the assets
	engine *render.Engine
	assets *assets

	queue     workqueue.TypedRateLimitingInterface[selection.Ref]
	states    map[selection.Ref]*state // of the worker alone
	unmanaged map[selection.Ref]bool   // those of which it has been told, of the worker alone
}

// New makes a loop.
func New(o Options) *Loop {
	l := &Loop{Options: o, assets: newAssets(o.Reader), states: map[selection.Ref]*state{}, unmanaged: map[selection.Ref]bool{}}
	l.engine = render.NewEngine(l.assets, o.Render, o.Operator)
	l.queue = workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[selection.Ref](time.Second, time.Minute))
	return l
}

// Put adds an object that is new or has changed. Of Secrets and ConfigMaps it gets the
// metadata.
func (l *Loop) Put(object selection.Object) error {
	if m, ok := object.(*metav1.PartialObjectMetadata); ok && isAsset(m.Kind) {
		l.assetChanged(m.Kind, m.Namespace, m.Name, m.ResourceVersion)
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.later(l.engine.Put(object))
	return nil
}

// Delete takes an object out.
func (l *Loop) Delete(ref selection.Ref) {
	if isAsset(ref.Kind) {
		l.assetChanged(ref.Kind, ref.Namespace, ref.Name, "")
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.later(l.engine.Delete(ref))
}

// Forget keeps the objects of a kind that the cluster does not have any more: their jobs
// stay in the configurations until the kind is back.
func (l *Loop) Forget(string) {}

func isAsset(kind string) bool {
	return kind == selection.SecretKind || kind == selection.ConfigMapKind
}

// assetChanged notes that a Secret or a ConfigMap has another resource version, or is deleted
// ("").
func (l *Loop) assetChanged(kind, namespace, name, resourceVersion string) {
	if owner, ours := l.Target.Changed(kind, namespace, name, resourceVersion); ours {
		l.later([]selection.Ref{owner})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.assets.forget(kind, namespace, name, resourceVersion) {
		l.later(l.engine.AssetChanged(kind, namespace, name))
	}
}

func (l *Loop) later(refs []selection.Ref) {
	for _, ref := range refs {
		l.queue.AddAfter(ref, l.Debounce)
	}
}

// NeedLeaderElection implements the manager's question.
func (l *Loop) NeedLeaderElection() bool { return l.Elected }

// readyInterval is how often to look whether everything has been read.
const readyInterval = 100 * time.Millisecond

// Start works until the context ends.
func (l *Loop) Start(ctx context.Context) error {
	if !l.waitReady(ctx) {
		return nil
	}
	l.Logger.Info("every kind is in step; reconciling")
	l.mu.Lock()
	all := l.engine.Prometheuses()
	l.mu.Unlock()
	l.tellMissing(all)
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

// tellMissing says that there is nothing to work for, which is easily a wrong name.
func (l *Loop) tellMissing(all []selection.Ref) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ref := range all {
		if l.Target.Takes(l.engine.Object(ref)) {
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

// passTimeout is more than any pass takes: an API server that answers nothing must not hold
// the loop for good.
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
		l.failing(ctx, ref, err)
		l.queue.AddRateLimited(ref)
	case again > 0:
		l.queue.Forget(ref)
		l.queue.AddAfter(ref, again)
	default:
		l.queue.Forget(ref)
	}
}

// failuresTold is how many in a row are worth a condition: most pass by themselves.
const failuresTold = 3

// failing says that what is written may not be what the objects give.
func (l *Loop) failing(ctx context.Context, ref selection.Ref, err error) {
	prometheus := l.object(ref)
	if prometheus == nil {
		return
	}
	if l.queue.NumRequeues(ref) < failuresTold {
		l.Reporter.metrics.unproven(ref, failing)
		return
	}
	l.Reporter.unproven(ctx, prometheus, ref, problem{failing, err.Error()})
}

// failing is the reason of what is neither the user's mistake nor Prometheus'.
const failing = "Failing"

// pass brings what is written for one Prometheus in step. The error is ours, not the
// user's. again is when to look once more, though nothing may have changed by then.
func (l *Loop) pass(ctx context.Context, ref selection.Ref) (again time.Duration, err error) {
	if err := l.Ready(); err != nil {
		return readyInterval, nil //nolint:nilerr // a kind has appeared, and is being read
	}
	prometheus, c, err := l.render(ctx, ref)
	if prometheus == nil || errors.Is(err, promconfig.ErrUnmanaged) {
		l.letGo(ctx, ref, err)
		return 0, nil
	}
	switch {
	case err == nil:
		again, err = l.store(ctx, prometheus, ref, c)
	case c != nil:
		l.Reporter.leftOut(l.object, ref, c) // they are to blame as well
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

// letGo is for a Prometheus that is gone, or none of ours, or none of anybody's.
func (l *Loop) letGo(ctx context.Context, ref selection.Ref, err error) {
	delete(l.states, ref)
	if o := l.object(ref); o != nil {
		l.Reporter.withdraw(ctx, o, ref)
	}
	l.Reporter.forget(ref)
	if err != nil && !l.unmanaged[ref] {
		l.Logger.Warn("nothing is written for a Prometheus whose configuration is its user's", "prometheus", ref.String(), "reason", err)
	}
	l.unmanaged[ref] = err != nil
}

// render gives no Prometheus if there is none, or none of ours.
func (l *Loop) render(ctx context.Context, ref selection.Ref) (selection.Object, *render.Configuration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	prometheus := l.engine.Object(ref)
	if prometheus == nil || !l.Target.Takes(prometheus) {
		return nil, nil, nil
	}
	l.assets.begin(ctx)
	c, err := l.engine.Render(ref)
	return prometheus, c, err //nolint:wrapcheck // it says of what
}

// store proves what has to be proven as a whole, and writes.
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
	if err := l.held(ctx, s, ref, now); err != nil {
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
	return 0, nil
}

// object is one that was put in.
func (l *Loop) object(ref selection.Ref) selection.Object {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.engine.Object(ref)
}
