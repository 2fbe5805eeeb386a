package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"sync"
	"time"

	"k8s.io/utils/clock"
)

// gate decides which certificate is served. It holds a new certificate back until the live
// caBundle verifies it.
type gate struct {
	clock  clock.PassiveClock
	settle time.Duration
	logger *slog.Logger

	mu      sync.RWMutex
	current *tls.Certificate
	waiting *tls.Certificate // nil if there is nothing newer
	trust   trust
	unknown error // why the webhook configurations are not known, or nil
	blind   bool  // promgate may not read them
	pending error // what the first certificate waits for, or nil
	early   error // why the current certificate may not be accepted everywhere yet, or nil
}

var errNotRead = errors.New("the webhook configurations have not been read yet")

func newGate(o Options) *gate {
	return &gate{clock: o.Clock, settle: o.Settle, logger: o.Logger, unknown: errNotRead}
}

// GetCertificate returns the certificate to serve.
func (g *gate) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	g.mu.RLock()
	current, late := g.current, g.waiting != nil && g.usedUp(g.clock.Now())
	missing := g.missing()
	g.mu.RUnlock()
	if late {
		// Here as well, because a look at the cluster may take its time.
		g.mu.Lock()
		g.choose()
		current = g.current
		g.mu.Unlock()
	}
	if current == nil {
		return nil, missing
	}
	return current, nil
}

// usedUp reports whether the current certificate fails for sure, soon. The margin is for an API server whose clock is ahead.
func (g *gate) usedUp(now time.Time) bool {
	return g.current != nil && expired(g.current.Leaf, now.Add(interval(g.settle)))
}

func (g *gate) missing() error {
	if g.pending != nil {
		return g.pending
	}
	return errors.New("there is no serving certificate yet")
}

// Ready returns the reason why the API server would not accept the certificate.
func (g *gate) Ready() error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	switch {
	case g.current == nil:
		return g.missing()
	case g.blind:
		if now := g.clock.Now(); expired(g.current.Leaf, now) {
			return errors.New("the serving certificate expired at " + g.current.Leaf.NotAfter.Format(time.RFC3339))
		}
		return nil
	case g.unknown != nil:
		return g.unknown
	}
	_, refused := g.trust.verified(g.current, g.clock.Now())
	if refused == nil {
		refused = g.early
	}
	return refused
}

// offer gives the gate a newer certificate, which has a Leaf, or the current one once more.
func (g *gate) offer(c *tls.Certificate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting = c; g.current != nil && bytes.Equal(g.current.Certificate[0], c.Certificate[0]) {
		g.waiting = nil
	}
	g.choose()
}

// see tells the gate what the webhook configurations contain now.
func (g *gate) see(live []configuration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unknown, g.blind = nil, false
	g.trust = g.trust.seen(g.clock.Now(), live)
	g.choose()
}

// cannotSee tells the gate that the webhook configurations cannot be read. What was read before
// stays, because they probably have not changed.
func (g *gate) cannotSee(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.unknown != nil {
		g.unknown = err
	}
	g.choose()
}

// mayNotSee tells the gate that it has to do without the webhook configurations.
func (g *gate) mayNotSee() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.blind = true
	g.choose()
}

// waits tells the gate what the first certificate waits for.
func (g *gate) waits(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pending = err
}

// premature tells the gate that API servers may not trust one certificate yet, if err is not nil. That
// matters only if the certificate is served, for want of another.
func (g *gate) premature(c *tls.Certificate, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.early = nil
	if g.current == c {
		g.early = err
	}
}

// choose serves the waiting certificate if that is right now.
func (g *gate) choose() {
	if g.waiting == nil || !g.better(g.clock.Now()) {
		return
	}
	g.current, g.waiting = g.waiting, nil
	g.logger.Info("serving a new certificate", "serial", g.current.Leaf.SerialNumber.Text(16),
		"issuer", g.current.Leaf.Issuer.String(), "expires", g.current.Leaf.NotAfter)
}

// better reports whether the waiting certificate is to be served instead of the current one.
func (g *gate) better(now time.Time) bool {
	if g.current == nil || g.blind || g.usedUp(now) {
		return true
	}
	if g.unknown != nil {
		return false
	}
	old, refused := g.trust.verified(g.current, now)
	if refused != nil {
		// Somebody has replaced the caBundle, and API servers that know this already do not accept
		// the current certificate.
		recent, _ := g.trust.verified(g.waiting, now)
		return recent > old
	}
	// Both are fine here, but there may be API servers that do not know yet.
	_, refused = g.trust.settled(now, g.settle).verified(g.waiting, now)
	return refused == nil
}

// root returns the CA by which a webhook accepts the current certificate.
func (g *gate) root(now time.Time) *x509.Certificate {
	for _, c := range g.trust.configurations {
		for _, h := range c.hooks {
			if root, err := h.verify(g.current, now); err == nil {
				return root
			}
		}
	}
	return nil
}
