package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/promgate/promgate/audit/rounds"
	"github.com/promgate/promgate/validation"
)

// watchFlags are the flags of audit --watch.
type watchFlags struct {
	on                  bool
	interval            time.Duration
	listen, events      string
	logFormat, logLevel string
}

// onlyWatch are the flags that mean nothing without --watch, and onlyOnce those that mean nothing with it.
var (
	onlyWatch = []string{"interval", "listen", "events", "log-format", "log-level"}
	onlyOnce  = []string{"output", "fail-on"}
)

func (w *watchFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&w.on, "watch", false, "audit again and again, and keep metrics and Events instead of a report")
	flags.DurationVar(&w.interval, "interval", 5*time.Minute, "with --watch: the time from the end of an audit to the start of the next one")
	flags.StringVar(&w.listen, "listen", ":8080", "with --watch: `address` of /metrics, /healthz and /readyz; 0 for none")
	flags.StringVar(&w.events, "events", string(validation.Deny), "with --watch: write an Event for each object with findings of this severity or above: deny, warn, or off for none")
	flags.StringVar(&w.logFormat, "log-format", "json", "with --watch: json or text")
	flags.StringVar(&w.logLevel, "log-level", "info", "with --watch: debug, info, warn or error")
}

// check rejects flags that do not go together.
func (w *watchFlags) check(cmd *cobra.Command) error {
	wrong, because := onlyWatch, "requires --watch"
	if w.on {
		wrong, because = onlyOnce, "is for a report, and --watch writes none"
	}
	if i := slices.IndexFunc(wrong, cmd.Flags().Changed); i >= 0 {
		return fmt.Errorf("--%s %s", wrong[i], because)
	}
	if w.on && w.interval < minInterval {
		return fmt.Errorf("--interval %s: must be %s or more", w.interval, minInterval)
	}
	return nil
}

// minInterval keeps an audit from reading the cluster all the time.
const minInterval = 5 * time.Second

// requestTimeout bounds a request to the API server: one that is not answered must not keep the audit
// waiting forever.
const requestTimeout = time.Minute

// runWatch audits until the process is told to end.
func (f auditFlags) runWatch(ctx context.Context) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	p, err := readPolicy(f.config)
	if err != nil {
		return err
	}
	events, err := validation.ParseSeverity(f.watch.events)
	if err != nil {
		return fmt.Errorf("--events: %w", err)
	}
	logger, err := startLogger(f.watch.logFormat, f.watch.logLevel)
	if err != nil {
		return err
	}
	limitMemory(memlimit.FromCgroup, logger)
	config, err := kubernetesConfig(f.kubeconfig, f.context)
	if err != nil {
		return err
	}
	config.Timeout = requestTimeout
	c, err := newClient(config)
	if err != nil {
		return err
	}
	instance, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("finding the name of the host: %w", err)
	}
	r := rounds.New(rounds.Options{
		Client: c, Audit: f.options(p), Interval: f.watch.interval, Events: events, Instance: instance,
		Registry: ctrlmetrics.Registry, Logger: logger, Now: time.Now, After: time.After,
	})
	ctrlmetrics.Registry.MustRegister(collectors.NewBuildInfoCollector())
	logger.Info("starting", "version", version, "interval", f.watch.interval)
	return f.watch.serve(ctx, config, r)
}

// serve runs the rounds and the server beside them, until one of them ends.
func (w *watchFlags) serve(ctx context.Context, config *rest.Config, r *rounds.Rounds) error {
	ready := func(*http.Request) error { return r.Ready() }
	server, err := metricsserver.NewServer(metricsserver.Options{BindAddress: w.listen, ExtraHandlers: map[string]http.Handler{
		"/healthz": healthz.CheckHandler{Checker: healthz.Ping},
		"/readyz":  healthz.CheckHandler{Checker: ready},
	}}, config, http.DefaultClient)
	if err != nil {
		return fmt.Errorf("making the server: %w", err)
	}
	if server == nil {
		return r.Start(ctx) //nolint:wrapcheck // it is nil
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	served := make(chan error, 1)
	go func() {
		defer end()
		served <- server.Start(ctx)
	}()
	err = r.Start(ctx)
	end()
	if err := errors.Join(err, <-served); err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
