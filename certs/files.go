package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"sync/atomic"

	"sigs.k8s.io/controller-runtime/pkg/certwatcher"
)

// files serves a pair of PEM files.
type files struct {
	*gate
	verifier

	loop    *loop
	watcher *certwatcher.CertWatcher
}

// Files serves a certificate from a pair of PEM files, and reloads them when they are replaced,
// also through the symbolic links of a mounted Secret. If certificate and key do not match, it
// keeps serving the old pair until both files are replaced. It reads the webhook configurations if
// it may, and never writes them.
func Files(certificate, key string, o Options) (Source, error) {
	watcher, err := certwatcher.New(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("loading the serving certificate: %w", err)
	}
	f := &files{gate: newGate(o), loop: newLoop(o.Logger, interval(o.Settle)), watcher: watcher}
	f.verifier = verifier{options: o, at: f.gate}
	if o.Client == nil {
		f.mayNotSee()
	} else {
		f.api = kubernetes{o.Client, o.Configuration, o.Names}
	}
	f.loop.step = f.look
	var registered atomic.Bool // the library holds its lock while it calls back for the first time
	watcher.RegisterCallback(func(tls.Certificate) {
		if registered.Load() {
			f.offerLatest()
		}
	})
	registered.Store(true)
	f.offerLatest()
	return f, nil
}

// offerLatest gives the gate the certificate that was read last: the library calls back from a goroutine
// for each, in no certain order.
func (f *files) offerLatest() {
	latest, err := f.watcher.GetCertificate(nil)
	if err != nil || latest == nil {
		return
	}
	c := *latest
	// The library fills in Leaf, unless it is told not to.
	if c.Leaf, err = x509.ParseCertificate(c.Certificate[0]); err == nil {
		f.offer(&c)
	}
}

// Start watches the files and the webhook configurations.
func (f *files) Start(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- f.watcher.Start(ctx)
		stop()
	}()
	if f.api == nil {
		return <-ended
	}
	f.loop.run(ctx, f.watches(f.loop.changed)...)
	return <-ended
}

// verifier reads the webhook configurations, which somebody else writes.
type verifier struct {
	options Options
	api     api
	at      *gate
	told    bool // that it may not read them
	allowed chan struct{}
}

// watches wait until the webhook configurations may be read: a watch without permission would
// fill the log.
func (v *verifier) watches(changed func()) []func(context.Context) {
	v.allowed = make(chan struct{})
	var all []func(context.Context)
	for _, w := range watchedConfigurations(v.options.Configuration) {
		all = append(all, func(ctx context.Context) {
			select {
			case <-v.allowed:
				notify(ctx, v.options.Client, w, changed)
			case <-ctx.Done():
			}
		})
	}
	return all
}

// look reads the webhook configurations.
func (v *verifier) look(ctx context.Context) error {
	live, err := v.api.configurations(ctx)
	switch {
	case forbidden(err):
		if !v.told {
			v.told = true
			v.options.Logger.Warn("promgate may not read the webhook configurations: whether they accept its certificate is not checked", "error", err)
		}
		v.at.mayNotSee()
		return nil
	case err != nil:
		v.at.cannotSee(err)
		return err
	}
	v.at.see(slices.DeleteFunc(live, func(c configuration) bool { return len(c.hooks) == 0 }))
	v.permit()
	return nil
}

// permit starts the watches.
func (v *verifier) permit() {
	if v.allowed == nil {
		return
	}
	select {
	case <-v.allowed:
	default:
		close(v.allowed)
	}
}
