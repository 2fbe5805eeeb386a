package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/config"
	"github.com/promgate/promgate/internal/watch"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/reconcile"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation/builtin"
)

type reconcileOptions struct {
	config        string
	mode          string
	configDir     string
	prometheus    string
	agent         bool
	prometheusURL string
	env           []string
	controllerID  string
	releaseHold   []string
	gates         []string
	debounce      time.Duration

	leaseNamespace string
	metricsAddress string
	healthAddress  string
	kubeconfig     string
	logFormat      string
	logLevel       string
}

func reconcileCommand() *cobra.Command {
	var o reconcileOptions
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Keep the configurations of Prometheus objects in sync with the cluster",
		Long: `Select the objects of each Prometheus and PrometheusAgent object, render and prove its
configuration, and write it if it is proven and differs from the written one. Objects that
Prometheus would refuse are left out, and named in an Event, in a metric and in the log; so
is the loser of two monitors that scrape the same target under the same job.

--mode preview writes promgate-NAME beside the operator, and changes nothing else.
--mode stand-in writes what the operator would write, for Prometheus objects that the
operator ignores: paused objects, and objects with the controller id of --controller-id.
--config-dir writes the configuration of one Prometheus to a directory, and asks
Prometheus to reload.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := untilSignal(cmd.Context())
			defer stop()
			return o.run(ctx)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "configuration `file` (promgate.yaml), of which only the key operator is used: the operator's scope")
	f.StringVar(&o.mode, "mode", "preview", "preview or stand-in")
	f.StringVar(&o.configDir, "config-dir", "", "write to this `directory` instead of the cluster; requires --prometheus")
	f.StringVar(&o.prometheus, "prometheus", "", "the Prometheus whose configuration is written to --config-dir, `NAMESPACE/NAME`")
	f.BoolVar(&o.agent, "agent", false, "--prometheus is a PrometheusAgent")
	f.StringVar(&o.prometheusURL, "prometheus-url", "", "`URL` of the Prometheus that reads --config-dir, which is reloaded after each change; it has to run with --web.enable-lifecycle")
	f.StringArrayVar(&o.env, "env", nil, "with --config-dir: replace the placeholder $(NAME), as the pod of a Prometheus does: SHARD=0, POD_NAME=prometheus-0 (repeatable)")
	f.StringVar(&o.controllerID, "controller-id", "", "with --mode stand-in: also write for objects with this `id` in the annotation operator.prometheus.io/controller-id")
	f.StringSliceVar(&o.releaseHold, "release-hold", nil, "allow the first pass to remove any number of jobs of this Prometheus, `NAMESPACE/NAME` (repeatable)")
	f.StringSliceVar(&o.gates, "feature-gates", nil, "the operator's feature gates, as for promgate render")
	f.DurationVar(&o.debounce, "debounce", 200*time.Millisecond, "how long to wait for further changes after one")
	f.StringVar(&o.leaseNamespace, "lease-namespace", "", "`namespace` of the Lease for leader election; by default the namespace that promgate runs in")
	f.StringVar(&o.metricsAddress, "metrics-address", ":8080", "`address` of /metrics; 0 for none")
	f.StringVar(&o.healthAddress, "health-address", ":8081", "`address` of /healthz and /readyz; 0 for none")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig `file`; by default $KUBECONFIG, else the cluster that promgate runs in")
	f.StringVar(&o.logFormat, "log-format", "json", "json or text")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	return cmd
}

// leaseName returns the name of the Lease for leader election. Each mode has its own.
const leaseName = "promgate-reconcile"

func (o reconcileOptions) run(ctx context.Context) error {
	released, err := o.check()
	if err != nil {
		return err
	}
	render, err := optionsOf(o.gates)
	if err != nil {
		return err
	}
	logger, err := startLogger(o.logFormat, o.logLevel)
	if err != nil {
		return err
	}
	limitMemory(memlimit.FromCgroup, logger)
	operator, err := o.operator()
	if err != nil {
		return err
	}
	sink := &lateSink{}
	watched := watch.NewObjects(sink, logger)
	manager, err := o.manager(watched)
	if err != nil {
		return err
	}
	target, err := o.target(manager, operator)
	if err != nil {
		return err
	}
	if o.configDir != "" {
		render.Paths = reconcile.DirectoryPaths
	}
	reporter := reconcile.NewReporter(manager.GetClient(), manager.GetAPIReader(), manager.GetEventRecorder("promgate"), ctrlmetrics.Registry, logger)
	ctrlmetrics.Registry.MustRegister(collectors.NewBuildInfoCollector())
	loop := reconcile.New(reconcile.Options{
		Target: target, Ready: watched.Ready, Reader: manager.GetAPIReader(), Reporter: reporter,
		Render: render, Operator: operator, Now: time.Now, Debounce: o.debounce, ReleaseHold: released, Elected: o.configDir == "", Logger: logger,
	})
	sink.Sink = loop
	ready := func(*http.Request) error { return watched.Ready() }
	if err := errors.Join(manager.Add(watched), manager.Add(loop), manager.AddHealthzCheck("alive", healthz.Ping), manager.AddReadyzCheck("read", ready)); err != nil {
		return fmt.Errorf("starting the loop: %w", err)
	}
	logger.Info("starting", "version", version, "mode", o.mode, "configDir", o.configDir)
	if err := manager.Start(ctx); err != nil {
		return fmt.Errorf("reconciling: %w", err)
	}
	return nil
}

// operator returns the operator's scope from the configuration, or nil if the configuration does
// not set it.
func (o reconcileOptions) operator() (*selection.Operator, error) {
	if o.config == "" {
		return nil, nil //nolint:nilnil // nil is an operator that watches everything
	}
	content, err := os.ReadFile(o.config)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	c, err := config.Parse(content, builtin.Checks())
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", o.config, err)
	}
	return c.OperatorScope(), nil
}

// lateSink breaks a cycle: the loop needs the manager, the manager needs the watch, and the watch
// needs a sink.
type lateSink struct{ watch.Sink }

func (o reconcileOptions) manager(watched *watch.Watch) (ctrl.Manager, error) {
	config, err := kubernetesConfig(o.kubeconfig, "")
	if err != nil {
		return nil, err
	}
	return newManager(config, watched, ctrl.Options{
		Metrics:                       metricsserver.Options{BindAddress: o.metricsAddress},
		HealthProbeBindAddress:        o.healthAddress,
		LeaderElection:                o.configDir == "",
		LeaderElectionID:              leaseName + "-" + o.mode,
		LeaderElectionNamespace:       o.leaseNamespace,
		LeaderElectionReleaseOnCancel: true,
	})
}

// check rejects flags that do not go together, and parses names.
func (o reconcileOptions) check() (released map[types.NamespacedName]bool, err error) {
	switch {
	case o.mode != "preview" && o.mode != "stand-in":
		return nil, fmt.Errorf("--mode %s: must be preview or stand-in", o.mode)
	case o.configDir != "" && o.mode != "preview":
		return nil, errors.New("--config-dir writes to a directory, and --mode stand-in to the cluster: use one of them")
	case o.configDir != "" && o.prometheus == "":
		return nil, errors.New("--config-dir requires --prometheus NAMESPACE/NAME")
	case o.configDir == "" && (o.prometheus != "" || o.prometheusURL != "" || len(o.env) > 0):
		return nil, errors.New("--prometheus, --prometheus-url and --env require --config-dir")
	case o.controllerID != "" && o.mode != "stand-in":
		return nil, errors.New("--controller-id requires --mode stand-in")
	}
	released = map[types.NamespacedName]bool{}
	for _, text := range o.releaseHold {
		name, err := namespacedName("release-hold", text)
		if err != nil {
			return nil, err
		}
		released[name] = true
	}
	return released, nil
}

func namespacedName(flag, text string) (types.NamespacedName, error) {
	namespace, name, ok := strings.Cut(text, "/")
	if !ok || namespace == "" || name == "" {
		return types.NamespacedName{}, fmt.Errorf("--%s %s: must be NAMESPACE/NAME", flag, text)
	}
	return types.NamespacedName{Namespace: namespace, Name: name}, nil
}

func (o reconcileOptions) target(manager ctrl.Manager, operator *selection.Operator) (reconcile.Target, error) {
	switch {
	case o.configDir != "":
		return o.directory()
	case o.mode == "stand-in":
		return reconcile.StandIn(manager.GetClient(), manager.GetAPIReader(), o.controllerID), nil
	}
	return reconcile.Preview(manager.GetClient(), manager.GetAPIReader(), operator), nil
}

func (o reconcileOptions) directory() (reconcile.Target, error) {
	name, err := namespacedName("prometheus", o.prometheus)
	if err != nil {
		return nil, err
	}
	ref := selection.Ref{Kind: monitoringv1.PrometheusesKind, Namespace: name.Namespace, Name: name.Name}
	if o.agent {
		ref.Kind = "PrometheusAgent"
	}
	variables := judge.PodVariables(name.Name)
	given, err := valuesOf(o.env)
	if err != nil {
		return nil, err
	}
	maps.Copy(variables, given)
	var reloader *reconcile.Reloader
	if o.prometheusURL != "" {
		if reloader, err = reconcile.NewReloader(o.prometheusURL, ctrlmetrics.Registry); err != nil {
			return nil, fmt.Errorf("--prometheus-url: %w", err)
		}
	}
	dir, err := filepath.Abs(o.configDir)
	if err != nil {
		return nil, fmt.Errorf("--config-dir %s: %w", o.configDir, err)
	}
	return reconcile.NewDirectory(dir, ref, variables, reloader)
}
