package rig

import (
	"context"
	"fmt"
	"io"
)

// Options are the options of [Start].
type Options struct {
	// Root is the directory of promgate's main module.
	Root string
	// Dir is the run directory: data, keys, logs. See [ClaimDir].
	Dir string
	// Kubectl is the path of the kubectl to use. If it is empty, Start uses a kubectl with the
	// version of the control plane, and builds it if necessary.
	Kubectl string
	// WithoutPromgate leaves the cluster as it is before promgate is installed: [Rig.Promgate] is nil, and there are
	// no webhooks.
	WithoutPromgate bool
	// Log receives a line for each step.
	Log io.Writer
}

// Rig is a control plane with the operator's CRDs, and promgate in front of it.
type Rig struct {
	// Kubectl uses the control plane as its administrator.
	Kubectl      Kubectl
	ControlPlane *ControlPlane
	Promgate     *Promgate
	// Monitoring is nil until [Rig.StartMonitoring], and Alerting until [Rig.StartAlerting].
	Monitoring *Monitoring
	Alerting   *Alerting

	root    string
	dir     string
	log     io.Writer
	release func()
}

// Start builds the programs that are needed and starts a rig. If a step fails, it ends the
// processes that it started.
func Start(ctx context.Context, o Options) (*Rig, error) {
	release, err := ClaimDir(o.Dir)
	if err != nil {
		return nil, err
	}
	r := &Rig{root: o.Root, dir: o.Dir, log: o.Log, release: release}
	if err := r.start(ctx, o); err != nil {
		r.Stop()
		return nil, err
	}
	return r, nil
}

func (r *Rig) start(ctx context.Context, o Options) error {
	say := func(line string) { fmt.Fprintln(o.Log, line) }

	programs, promgate, err := buildAll(ctx, o)
	if err != nil {
		return err
	}
	operator, err := OperatorDir(ctx, o.Root)
	if err != nil {
		return err
	}

	say("starting etcd, kube-apiserver and kube-controller-manager ...")
	r.ControlPlane, err = StartControlPlane(ctx, programs, o.Dir)
	if err != nil {
		return err
	}
	r.Kubectl = r.ControlPlane.Kubectl
	say("installing the operator's CRDs ...")
	if err := InstallCRDs(ctx, r.Kubectl, operator); err != nil {
		return err
	}
	if o.WithoutPromgate {
		return nil
	}
	say("starting promgate serve ...")
	r.Promgate, err = StartPromgate(ctx, promgate, o.Root, o.Dir, r.Kubectl)
	if err != nil {
		return err
	}
	say("registering the webhooks ...")
	return r.RegisterWebhooks(ctx)
}

// buildAll builds the programs of a rig. It builds promgate first, so that mistakes in promgate
// show before the long builds.
func buildAll(ctx context.Context, o Options) (p Programs, promgate string, err error) {
	b := Builder{Root: o.Root, Log: o.Log}
	if promgate, err = b.Promgate(ctx, o.Dir); err != nil {
		return p, "", err
	}
	if p.ControlPlane, err = b.ControlPlane(ctx); err != nil {
		return p, "", err
	}
	if p.ControllerManager, err = b.ControllerManager(ctx); err != nil {
		return p, "", err
	}
	p.Kubectl = o.Kubectl
	if p.Kubectl == "" {
		p.Kubectl, err = b.Kubectl(ctx)
	}
	return p, promgate, err
}

// RegisterWebhooks puts promgate in front of the API server, see [RegisterWebhooks].
func (r *Rig) RegisterWebhooks(ctx context.Context) error {
	return RegisterWebhooks(ctx, r.Kubectl, r.root, r.Promgate)
}

// UnregisterWebhooks removes promgate from the path of requests, see [UnregisterWebhooks].
func (r *Rig) UnregisterWebhooks(ctx context.Context) error {
	return UnregisterWebhooks(ctx, r.Kubectl)
}

// StartMonitoring starts a real Prometheus with the configuration that the loop writes for an
// existing Prometheus object, see [StartMonitoring].
func (r *Rig) StartMonitoring(ctx context.Context, namespace, name string) error {
	var err error
	b := Builder{Root: r.root, Log: r.log}
	r.Monitoring, err = StartMonitoring(ctx, b, r.Promgate.Path(), r.dir, r.Kubectl, namespace, name)
	return err
}

// StartAlerting starts a real Alertmanager with the configuration of an existing Alertmanager object, to which an existing Prometheus
// object sends its alerts, see [StartAlerting].
func (r *Rig) StartAlerting(ctx context.Context, o AlertingOptions) error {
	var err error
	b := Builder{Root: r.root, Log: r.log}
	r.Alerting, err = StartAlerting(ctx, b, r.Promgate.Path(), r.dir, r.Kubectl, o)
	return err
}

// StartReplica starts another promgate with its files in dir, and returns when it is ready. The API
// server does not call it, and Stop does not end it.
func (r *Rig) StartReplica(ctx context.Context, dir string) (*Promgate, error) {
	return StartPromgate(ctx, r.Promgate.command.Path, r.root, dir, r.Kubectl)
}

// Wait returns an error when a process of the rig ends by itself, and nil when the context ends. The targets of Prometheus may
// end: that is what alerts are for.
func (r *Rig) Wait(ctx context.Context) error {
	processes := r.ControlPlane.Processes()
	if r.Promgate != nil {
		processes = append(processes, r.Promgate.Process())
	}
	if r.Monitoring != nil {
		processes = append(processes, r.Monitoring.Processes()...)
	}
	if r.Alerting != nil {
		processes = append(processes, r.Alerting.Process())
	}
	ended := make(chan *Process, len(processes))
	for _, p := range processes {
		go func() {
			select {
			case <-p.Done():
				ended <- p
			case <-ctx.Done():
			}
		}()
	}
	select {
	case p := <-ended:
		return p.Err()
	case <-ctx.Done():
		return nil
	}
}

// Stop ends everything that was started, and keeps data and logs.
func (r *Rig) Stop() {
	if r.Monitoring != nil {
		r.Monitoring.Stop()
	}
	if r.Alerting != nil {
		r.Alerting.Stop()
	}
	if r.Promgate != nil {
		r.Promgate.Stop()
	}
	if r.ControlPlane != nil {
		r.ControlPlane.Stop()
	}
	r.release()
}
