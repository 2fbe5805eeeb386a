package main

import (
	"context"
	"fmt"
	"log/slog"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	ctrl "sigs.k8s.io/controller-runtime"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/promgate/promgate/certs"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/internal/watch"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation/builtin"
	"github.com/promgate/promgate/webhook"
)

// reloadInterval is how often promgate checks whether the configuration file changed.
const reloadInterval = 2 * time.Second

type serveOptions struct {
	config     string
	host       string
	port       int
	certFile   string
	keyFile    string
	kubeconfig string
	drainDelay time.Duration
	logFormat  string
	logLevel   string
}

func serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the admission webhooks",
		Long: `Serve the validating webhook at /validate and the mutating webhook at /mutate, and /healthz, /readyz and
/metrics beside them, all on one TLS port.

On SIGTERM it reports at once that it is not ready, serves on for the drain delay, and then stops.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, syscall.SIGINT)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends the process at once
			return serve(ctx, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "configuration `file` (promgate.yaml); without one, promgate runs with its defaults")
	f.StringVar(&o.host, "host", "", "`address` to listen at; all by default")
	f.IntVar(&o.port, "port", 10250, "`port` to listen at; 10250 is the one that private GKE clusters let through")
	f.StringVar(&o.certFile, "cert-file", "/etc/promgate/tls/tls.crt", "serving certificate, a PEM `file`; replaced files are noticed")
	f.StringVar(&o.keyFile, "key-file", "/etc/promgate/tls/tls.key", "its key, a PEM `file`")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `file`; by default $KUBECONFIG, else the cluster that promgate runs in")
	f.DurationVar(&o.drainDelay, "drain-delay", 15*time.Second, "how long to serve on after SIGTERM")
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
	certificate, err := certs.Files(o.certFile, o.keyFile)
	if err != nil {
		return err
	}
	restConfig, err := kubernetesConfig(o.kubeconfig)
	if err != nil {
		return err
	}

	permissive, err := judge.Permissive()
	if err != nil {
		return err
	}
	model := cluster.New(cluster.Options{Operator: settings.scope})
	watched := watch.New(model, logger)
	manager, err := newManager(restConfig, watched, ctrl.Options{Metrics: metricsserver.Options{BindAddress: "0"}}) // /metrics is on the webhook port
	if err != nil {
		return err
	}
	server := webhook.NewServer(webhook.Options{
		Host:        o.host,
		Port:        o.port,
		Certificate: certificate,
		Reviewer: &review.Reviewer{
			Kinds: builtin.Kinds(), Cluster: model, Judge: permissive,
			Live: watch.Live{Reader: manager.GetAPIReader()}, Stale: watched.Stale, Logger: logger,
		},
		Settings: settings.current,
		Ready:    watched.Ready,
		Registry: registry,
		Gatherer: prometheus.Gatherers{registry, ctrlmetrics.Registry},
		Logger:   logger,
	})
	registry.MustRegister(collectors.NewBuildInfoCollector(), watch.Metrics{Index: model.Index(), Watch: watched})

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
	return run(ctx, manager, server, o.drainDelay, logger)
}

// run starts the manager, and stops it only when the server has drained: until then the
// listener stays open and the caches are kept up to date.
func run(ctx context.Context, manager ctrl.Manager, server *webhook.Server, drainDelay time.Duration, logger *slog.Logger) error {
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

// background is a function that every replica runs.
type background func(context.Context) error

// Start runs the function until the context ends.
func (b background) Start(ctx context.Context) error { return b(ctx) }

// NeedLeaderElection reports that each replica runs it, leader or not.
func (b background) NeedLeaderElection() bool { return false }
