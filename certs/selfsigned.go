package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/flowcontrol"
)

// SelfSignedOptions are the options of [SelfSigned].
type SelfSignedOptions struct {
	Options

	// Secret is where the replicas keep their CA.
	Secret types.NamespacedName

	// CALife and Life are how long a CA and a serving certificate are valid. Both are renewed at two
	// thirds of their life.
	CALife, Life time.Duration
}

// overwrites limits how often a caBundle is written when something else writes it too: some times
// at once, then every fifteen seconds.
const (
	overwritesPerSecond = 1.0 / 15
	overwritesAtOnce    = 20
)

// selfSigned serves certificates of a CA that the replicas share. Each replica makes its own
// certificate, in memory: no file has to reach it, and no key of a certificate is stored.
type selfSigned struct {
	*gate
	meters

	loop   *loop
	o      SelfSignedOptions
	api    api
	writes flowcontrol.PassiveRateLimiter
	leaf   *tls.Certificate // the latest of this replica, served or waiting
	issuer *x509.Certificate
}

// SelfSigned returns a source with a CA of promgate's own. It also writes the CA into the webhook
// configurations.
func SelfSigned(o SelfSignedOptions) (Source, error) {
	if o.Client == nil {
		return nil, errNoClient
	}
	if least := 3 * (o.Life + 2*o.Settle); o.CALife < least {
		return nil, fmt.Errorf("a CA that lives for %s is too short: with certificates that live for %s it has to live for %s", o.CALife, o.Life, least)
	}
	// A third of its life is left when a certificate is renewed. If the CA is lost just then, a new one has to settle.
	if least := 6 * o.Settle; o.Life < least {
		return nil, fmt.Errorf("certificates that live for %s are too short: API servers may take %s to trust a new CA, so they have to live for %s", o.Life, o.Settle, least)
	}
	return newSelfSigned(o, kubernetes{o.Client, o.Configuration, o.Names}), nil
}

func newSelfSigned(o SelfSignedOptions, a api) *selfSigned {
	s := &selfSigned{
		gate: newGate(o.Options), loop: newLoop(o.Logger, interval(o.Settle, o.Life/3)), meters: newMeters(),
		o: o, api: a,
		writes: flowcontrol.NewTokenBucketPassiveRateLimiterWithClock(overwritesPerSecond, overwritesAtOnce, o.Clock),
	}
	s.loop.step = s.look
	return s
}

// Start keeps CA, certificate and caBundle in order until the context ends.
func (s *selfSigned) Start(ctx context.Context) error {
	var watches []func(context.Context)
	for _, w := range watchedConfigurations(s.o.Configuration) {
		watches = append(watches, func(ctx context.Context) { notify(ctx, s.o.Client, w, s.loop.changed) })
	}
	s.loop.run(ctx, watches...)
	return nil
}

// look does whatever is due. The order of its calls matters. A caBundle that was read before the Secret is
// only written if it has not changed since: so a replica that was slow never takes a CA out again which
// another has put in.
func (s *selfSigned) look(ctx context.Context) error {
	began := s.o.Clock.Now() // before anything was read: a certificate ends within its life from here
	live, err := s.api.configurations(ctx)
	if err != nil {
		s.cannotSee(err)
		s.waits(err)
		return err
	}
	s.see(live)
	shared, step, err := s.share(ctx, live)
	if err != nil {
		err = fmt.Errorf("the CA in the Secret %s: %w", s.o.Secret, err)
		s.waits(err)
		return err
	}
	failed := s.publish(ctx, live, shared.bundle())
	if err := s.renew(began, shared); err != nil {
		return err
	}
	s.premature(s.leaf, s.unsettled(shared))
	if failed == nil && step != "" {
		return errAgain
	}
	return failed
}

// unsettled returns why certificates of this state may not be accepted everywhere yet.
func (s *selfSigned) unsettled(shared state) error {
	if shared.current.exists() {
		return nil
	}
	return fmt.Errorf("waiting %s until each API server trusts a new CA, which replaces another one", s.o.Settle)
}

// share returns the state that the replicas share, moved on by one step if one is due.
func (s *selfSigned) share(ctx context.Context, live []configuration) (shared state, step string, err error) {
	secret, err := s.api.secret(ctx, s.o.Secret)
	if err != nil {
		return state{}, "", err
	}
	now, o := s.o.Clock.Now(), lives{s.o.CALife, s.o.Life, s.o.Settle}
	var broken []string
	if secret == nil {
		secret = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.o.Secret.Namespace, Name: s.o.Secret.Name}}
		broken = []string{"it does not exist"}
	} else if shared, broken, err = stateIn(secret, now); err != nil {
		return state{}, "", err
	}
	switch {
	case !shared.signer().exists():
		step = "made a new CA: " + strings.Join(broken, "; ")
		shared, err = bootstrapped(now, o, append(trustedBy(live), leftovers(secret)...))
	case len(broken) > 0:
		// The rest is enough to go on. What can be read of a broken CA stays trusted.
		step = "removed from the Secret: " + strings.Join(broken, "; ")
		shared = shared.keeping(now, leftovers(secret))
	default:
		shared, step, err = shared.advanced(now, o, func(ca *x509.Certificate) bool { return allTrust(live, ca) })
	}
	if err != nil || step == "" {
		return shared, step, err
	}
	if err := shared.into(secret); err != nil {
		return state{}, "", err
	}
	if err := s.api.store(ctx, secret); err != nil {
		return state{}, "", err
	}
	if len(broken) > 0 {
		s.regenerated.Inc()
		s.o.Logger.Warn("the CA of the webhooks", "secret", s.o.Secret.String(), "step", step)
	} else {
		s.o.Logger.Info("the CA of the webhooks", "secret", s.o.Secret.String(), "step", step)
	}
	return shared, step, nil
}

// keeping returns the state with certificates that must stay trusted for a while.
func (s state) keeping(now time.Time, others []*x509.Certificate) state {
	for _, other := range others {
		if !expired(other, now) && !holds(s.bundle(), other) && len(s.previous) < mostPrevious {
			s.previous = append(s.previous, other)
			s.retire = time.Time{}
		}
	}
	return s
}

// trustedBy returns every CA that any of our webhooks trusts.
func trustedBy(live []configuration) []*x509.Certificate {
	var all []*x509.Certificate
	for _, c := range live {
		for _, h := range c.hooks {
			all = append(all, h.roots...)
		}
	}
	return all
}

func allTrust(live []configuration, ca *x509.Certificate) bool {
	for _, c := range live {
		if !c.trusts(ca) {
			return false
		}
	}
	return true
}

// renew makes a certificate if this replica has none of the CA that signs, or if two thirds of its life are over.
func (s *selfSigned) renew(began time.Time, shared state) error {
	signer := shared.signer()
	if s.leaf != nil && s.issuer.Equal(signer.certificate) && began.Before(renewal(s.leaf.Leaf, signer.certificate)) {
		return nil
	}
	// No longer than the other replicas know of, because they decide when a CA can be dropped.
	leaf, err := signer.sign(began, min(s.o.Life, shared.longest), s.o.Names)
	if err != nil {
		return err
	}
	s.leaf, s.issuer = leaf, signer.certificate
	s.offer(leaf)
	return nil
}

// renewal is when a certificate is renewed: never, if it lives as long as its CA.
func renewal(leaf, ca *x509.Certificate) time.Time {
	if !leaf.NotAfter.Before(ca.NotAfter) {
		return leaf.NotAfter
	}
	return due(leaf)
}

var errInjector = errors.New("remove the annotation, or use --certs=cert-manager")

// publish writes the caBundle of each configuration that has another one.
func (s *selfSigned) publish(ctx context.Context, live []configuration, bundle []*x509.Certificate) error {
	written := false
	var failed error
	for i, c := range live {
		if len(c.hooks) == 0 && len(c.others) > 0 {
			failed = fmt.Errorf("no webhook of the %s webhook configuration %s calls promgate by one of the names in --cert-names: they call %s",
				c.kind, c.name, strings.Join(c.others, ", "))
			continue
		}
		if c.bundled(bundle) {
			continue
		}
		if c.injector != "" {
			failed = fmt.Errorf("cert-manager writes the caBundle of the %s webhook configuration %s, because of the annotation %s: %w", c.kind, c.name, c.injector, errInjector)
			continue
		}
		if !s.writes.TryAccept() {
			failed = fmt.Errorf("something else, perhaps %s, keeps writing the caBundle of the %s webhook configuration %s", c.writer, c.kind, c.name)
			continue
		}
		now, err := s.api.writeBundle(ctx, c, certificatesPEM(bundle))
		if err != nil {
			failed = err
			continue
		}
		live[i], written = now, true
		s.written.WithLabelValues(c.kind).Inc()
		s.o.Logger.Info("wrote the caBundle", "configuration", c.kind+"/"+c.name, "cas", len(bundle), "written_before_by", c.writer)
	}
	if written {
		s.see(live)
	}
	return failed
}
