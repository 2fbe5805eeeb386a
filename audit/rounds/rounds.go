// Package rounds audits a cluster again and again, and keeps what it finds in metrics and Events.
//
// Each round reads the cluster anew, in pages, and nothing of it stays in memory between two rounds but
// numbers, and a hash for each object that an Event was written for. Informers would keep all objects in
// memory at all times, and one object that does not decode would keep an informer from listing its kind:
// the audit has to name that object. Of Secrets and ConfigMaps a round reads those that objects refer to,
// each once.
package rounds

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/promgate/promgate/audit"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/report/format"
	"github.com/promgate/promgate/validation"
)

// Options of [New].
type Options struct {
	// Client reads the cluster, and writes Events.
	Client client.Client

	// Audit are the options of each audit. A round sets the day, the assets and the objects that do not
	// decode.
	Audit audit.Options

	// Interval is the time from the end of a round to the start of the next one.
	Interval time.Duration

	// Events is the least severity that an Event is written for. There are none if it is off.
	Events validation.Severity

	// Instance is the name of the process in Events.
	Instance string

	Registry prometheus.Registerer
	Logger   *slog.Logger

	// Now and After are the clock.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// Rounds is one process that audits.
type Rounds struct {
	Options

	metrics *metrics
	teller  *teller
	ready   atomic.Bool
}

// New returns rounds that have not begun, and registers their metrics.
func New(o Options) *Rounds {
	m := newMetrics()
	o.Registry.MustRegister(m, m.errors, m.events)
	return &Rounds{Options: o, metrics: m, teller: newTeller(o, m)}
}

// Ready returns an error until the first round has succeeded.
func (r *Rounds) Ready() error {
	if !r.ready.Load() {
		return errors.New("the first audit has not ended")
	}
	return nil
}

// retryInterval is the longest wait after a round that failed.
const retryInterval = 30 * time.Second

// Start audits until the context ends.
func (r *Rounds) Start(ctx context.Context) error {
	for {
		wait := r.Interval
		if err := r.round(ctx); err != nil && ctx.Err() == nil {
			wait = min(r.Interval, retryInterval)
			r.Logger.Error("could not audit; the metrics are those of the last audit", "error", err, "next", wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.After(wait):
		}
	}
}

// round audits once. The metrics stay as they are if it fails.
func (r *Rounds) round(ctx context.Context) error {
	begin := r.Now()
	read, err := r.read(ctx)
	if err != nil {
		r.metrics.failed(ctx, stageRead)
		return err
	}
	assets := live.NewLenientAssets(r.Client)
	assets.Begin(ctx)
	o := r.Audit
	o.Assets, o.Malformed, o.Today = assets, read.Malformed, begin
	report, err := audit.Run(ctx, read.Objects, o)
	if err != nil {
		r.metrics.failed(ctx, stageAudit)
		return fmt.Errorf("auditing: %w", err)
	}
	end := r.Now()
	r.metrics.store(newSnapshot(report, unreadKinds(read, assets), end, end.Sub(begin)))
	r.ready.Store(true)
	r.Logger.Info("audited", "objects", len(report.Checked), "denied", report.Summary.Deny, "warned", report.Summary.Warn, "took", end.Sub(begin))
	r.tell(ctx, report, read)
	return nil
}

func (r *Rounds) read(ctx context.Context) (*live.Cluster, error) {
	read, err := live.Read(ctx, r.Client, live.WithoutSecrets)
	if err != nil {
		return nil, fmt.Errorf("reading the cluster: %w", err)
	}
	if !read.HasOperators() {
		return nil, errors.New("no kind of the Prometheus Operator could be read: its CRDs are not installed, or promgate must not list them")
	}
	return read, nil
}

// unreadKinds returns the kinds of which some or all objects must not be read.
func unreadKinds(read *live.Cluster, assets *live.Assets) []string {
	var kinds []string
	for _, u := range read.Unread {
		if !u.Missing {
			kinds = append(kinds, u.Kind)
		}
	}
	for kind := range assets.Unread() {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// tell writes Events. A failure fails no round: the metrics are right.
func (r *Rounds) tell(ctx context.Context, report *format.Report, read *live.Cluster) {
	if err := r.teller.tell(ctx, report, read); err != nil && ctx.Err() == nil {
		r.metrics.failed(ctx, stageEvents)
		r.Logger.Warn("could not write Events; trying again after the next audit", "error", err)
	}
}
