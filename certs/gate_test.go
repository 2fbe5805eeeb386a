package certs

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"testing"
	"time"

	clocktesting "k8s.io/utils/clock/testing"
)

// TestGate: which of two certificates is served, for what the webhook configurations trust.
func TestGate(t *testing.T) {
	oldCA, newCA, otherCA := testAuthority(t), testAuthority(t), testAuthority(t)
	for _, c := range []struct {
		name   string
		before []authority // trusted when the certificate is replaced
		then   []authority // trusted from then on
		pass   time.Duration
		want   string
	}{
		{name: "the new CA is not trusted", before: []authority{oldCA}, then: []authority{oldCA}, pass: 6 * day, want: "old"},
		{name: "it has just come to be trusted", before: []authority{oldCA}, then: []authority{oldCA, newCA}, pass: 59 * time.Second, want: "old"},
		{name: "it is trusted for long enough", before: []authority{oldCA}, then: []authority{oldCA, newCA}, pass: time.Minute, want: "new"},
		{name: "it has been trusted before", before: []authority{oldCA, newCA}, then: []authority{oldCA, newCA}, want: "new"},
		{name: "only the new CA is trusted now", before: []authority{oldCA}, then: []authority{newCA}, want: "new"},
		{name: "neither is trusted", before: []authority{oldCA}, then: []authority{otherCA}, want: "old"},
		{name: "the old certificate is about to expire", before: []authority{oldCA}, then: []authority{oldCA}, pass: 7*day - time.Hour - 9*time.Second, want: "new"},
		{name: "the old certificate has expired", before: []authority{oldCA}, then: []authority{oldCA}, pass: 8 * day, want: "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := clocktesting.NewFakePassiveClock(worldStart)
			g := newGate(Options{Clock: clock, Settle: time.Minute, Logger: slog.New(slog.DiscardHandler)})
			g.see(trusting(c.before))
			oldLeaf, newLeaf := testLeaf(t, oldCA, 7*day), testLeaf(t, newCA, 20*day)
			g.offer(oldLeaf)
			clock.SetTime(clock.Now().Add(time.Hour))
			g.offer(newLeaf)
			g.see(trusting(c.then))
			clock.SetTime(clock.Now().Add(c.pass))
			g.see(trusting(c.then))
			got, err := g.GetCertificate(nil)
			if err != nil {
				t.Fatal(err)
			}
			if name := map[*tls.Certificate]string{oldLeaf: "old", newLeaf: "new"}[got]; name != c.want {
				t.Errorf("serves the %s certificate, not the %s one", name, c.want)
			}
		})
	}
}

// TestGateWithoutConfigurations: without permission to read them, each new certificate is served at once, and
// ready means not expired.
func TestGateWithoutConfigurations(t *testing.T) {
	clock := clocktesting.NewFakePassiveClock(worldStart)
	g := newGate(Options{Clock: clock, Settle: time.Minute, Logger: slog.New(slog.DiscardHandler)})
	g.offer(testLeaf(t, testAuthority(t), day))
	if err := g.Ready(); err == nil {
		t.Error("ready before it is known whether the configurations can be read")
	}
	g.mayNotSee()
	second := testLeaf(t, testAuthority(t), day)
	g.offer(second)
	if got, _ := g.GetCertificate(nil); got != second {
		t.Error("the new certificate is not served")
	}
	if err := g.Ready(); err != nil {
		t.Error(err)
	}
	clock.SetTime(worldStart.Add(2 * day))
	if err := g.Ready(); err == nil {
		t.Error("ready with an expired certificate")
	}
}

func testAuthority(t *testing.T) authority {
	t.Helper()
	ca, err := newAuthority(worldStart, 365*day)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func testLeaf(t *testing.T, ca authority, life time.Duration) *tls.Certificate {
	t.Helper()
	leaf, err := ca.sign(worldStart, life, []string{worldHost})
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

func trusting(cas []authority) []configuration {
	var roots []*x509.Certificate
	for _, ca := range cas {
		roots = append(roots, ca.certificate)
	}
	return []configuration{{kind: validating, name: "promgate", hooks: []hook{{name: "validate", host: worldHost, roots: roots}}}}
}
