package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	ctrl "sigs.k8s.io/controller-runtime"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/internal/watch"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation/builtin"
	"github.com/promgate/promgate/webhook"
)

// reloadInterval is the time between two reads of the configuration file.
const reloadInterval = 2 * time.Second

type serveOptions struct {
	config     string
	host       string
	port       int
	kubeconfig string
	drainDelay time.Duration
	logFormat  string
	logLevel   string

	certificate certificateOptions
}

func serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the admission webhooks",
		Long: `Serve the validating webhook at /validate, the mutating webhook at /mutate, and /healthz, /readyz
and /metrics, all on one TLS port.

On SIGTERM the server reports immediately that it is not ready, continues serving for the drain delay, and then stops.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.certificate.complete(cmd); err != nil {
				return err
			}
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			return serve(ctx, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "configuration `file` (promgate.yaml); without it, the defaults apply")
	f.StringVar(&o.host, "host", "", "`address` to listen on; all addresses by default")
	f.IntVar(&o.port, "port", 10250, "`port` to listen on; the firewall of private GKE clusters allows 10250")
	o.certificate.addFlags(cmd)
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `file`; by default $KUBECONFIG, else the cluster that promgate runs in")
	f.DurationVar(&o.drainDelay, "drain-delay", 15*time.Second, "how long to continue serving after SIGTERM")
	f.StringVar(&o.logFormat, "log-format", "json", "json or text")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	return cmd
}

func serve(ctx context.Context, o serveOptions) error {
	logger, err := startLogger(o.logFormat, o.logLevel)
	if err != nil {
		return err
	}

	registry := prometheus.NewRegistry()
	checks := builtin.Checks()
	settings, err := loadSettings(o.config, checks, registry)
	if err != nil {
		return err
	}
	if err := o.certificate.check(); err != nil {
		return err
	}
	restConfig, err := kubernetesConfig(o.kubeconfig, "")
	if err != nil {
		return err
	}
	certificate, err := o.certificate.source(restConfig, logger)
	if err != nil {
		return err
	}

	permissive, err := judge.Permissive()
	if err != nil {
		return err
	}
	model := cluster.New(cluster.Options{Operator: settings.scope, Readers: settings.readers})
	watched := watch.New(model, logger)
	manager, err := newManager(restConfig, watched, ctrl.Options{Metrics: metricsserver.Options{BindAddress: "0"}}) // the webhook server serves /metrics
	if err != nil {
		return err
	}
	cores := leaveRoomForReading()
	server := webhook.NewServer(webhook.Options{
		Cores:       cores,
		Host:        o.host,
		Port:        o.port,
		Certificate: certificate,
		Reviewer: &review.Reviewer{
			Kinds: builtin.AtAdmission(), Cluster: model, Judge: permissive,
			Live: watch.Live{Reader: manager.GetAPIReader()}, Objects: live.NewPages(manager.GetAPIReader()), Stale: watched.Stale, Logger: logger,
		},
		Settings: settings.current,
		Ready:    watched.Ready,
		Memory:   limitMemory(memlimit.FromCgroup, logger),
		Registry: registry,
		Gatherer: prometheus.Gatherers{registry, ctrlmetrics.Registry},
		Logger:   logger,
	})
	registry.MustRegister(collectors.NewBuildInfoCollector(), watch.Metrics{Index: model.Index(), Watch: watched}, certificate)

	if err := manager.Add(watched); err != nil {
		return fmt.Errorf("adding the informers: %w", err)
	}
	if err := manager.Add(server); err != nil {
		return fmt.Errorf("adding the webhook server: %w", err)
	}
	if err := manager.Add(background(certificate.Start)); err != nil {
		return fmt.Errorf("adding the certificate: %w", err)
	}
	if err := manager.Add(background(settings.watcher(o.config, checks, server, model, logger))); err != nil {
		return fmt.Errorf("adding the configuration: %w", err)
	}
	logger.Info("starting", "version", version, "host", o.host, "port", o.port)
	return runManager(ctx, manager, server, o.drainDelay, logger)
}

// runManager runs the manager, and stops it only after the server has drained: until then the listener
// stays open and the caches stay up to date.
func runManager(ctx context.Context, manager ctrl.Manager, server *webhook.Server, drainDelay time.Duration, logger *slog.Logger) error {
	managerCtx, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() {
		select {
		case <-ctx.Done():
		case <-managerCtx.Done():
			return
		}
		logger.Info("draining", "delay", drainDelay)
		server.Drain()
		select {
		case <-time.After(drainDelay):
		case <-managerCtx.Done():
		}
		stop()
	}()
	if err := manager.Start(managerCtx); err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	logger.Info("stopped")
	return nil
}

// background is a part that runs in every replica.
type background func(context.Context) error

// Start runs the function until the context ends.
func (b background) Start(ctx context.Context) error { return b(ctx) }

// NeedLeaderElection returns false, because every replica runs it.
func (b background) NeedLeaderElection() bool { return false }

// leaveRoomForReading lets Go use one more core than reviews may, and returns how many those may: while all of theirs are busy, Go would read
// what arrives, and refuse what is too much, only in between. The operating system shares the cores better.
func leaveRoomForReading() (cores int) {
	cores = runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(cores + 1)
	return cores
}
