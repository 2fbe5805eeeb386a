package certs

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"
)

// The two webhook configurations.
const (
	validating = "validating"
	mutating   = "mutating"
)

// configuration is what matters of a webhook configuration: who is trusted when promgate is called.
type configuration struct {
	kind    string // validating or mutating
	name    string
	version string // the resourceVersion
	// injector is the annotation by which cert-manager's cainjector writes the caBundle, if any.
	injector string
	// writer is who wrote to the object last.
	writer string
	hooks  []hook
	others []string // what the webhooks that are not ours call
}

// hook is one webhook that calls promgate.
type hook struct {
	name   string
	host   string // the name that the certificate has to have
	bundle []byte
	roots  []*x509.Certificate
}

// trusts reports whether each webhook trusts a CA.
func (c configuration) trusts(ca *x509.Certificate) bool {
	for _, h := range c.hooks {
		if !holds(h.roots, ca) {
			return false
		}
	}
	return true
}

// bundled reports whether each webhook trusts exactly these CAs.
func (c configuration) bundled(want []*x509.Certificate) bool {
	for _, h := range c.hooks {
		if len(h.roots) != len(want) {
			return false
		}
		for _, ca := range want {
			if !holds(h.roots, ca) {
				return false
			}
		}
	}
	return true
}

func holds(certificates []*x509.Certificate, one *x509.Certificate) bool {
	for _, c := range certificates {
		if c.Equal(one) {
			return true
		}
	}
	return false
}

// trust is what is known of the live webhook configurations.
type trust struct {
	configurations []configuration
	// since is when a webhook was first seen to trust a CA, without a break since then.
	since map[trusted]time.Time
}

// trusted is one CA of one webhook.
type trusted struct {
	kind, hook string
	ca         [sha256.Size]byte
}

// seen returns the trust after a look at the configurations.
func (t trust) seen(now time.Time, live []configuration) trust {
	since := map[trusted]time.Time{}
	for _, c := range live {
		for _, h := range c.hooks {
			for _, root := range h.roots {
				key := trusted{c.kind, h.name, sha256.Sum256(root.Raw)}
				since[key] = now
				if before, ok := t.since[key]; ok {
					since[key] = before
				}
			}
		}
	}
	return trust{live, since}
}

// settled returns the trust without the CAs that a webhook has trusted for less than a time.
func (t trust) settled(now time.Time, settle time.Duration) trust {
	old := trust{since: t.since}
	for _, c := range t.configurations {
		hooks := c.hooks
		c.hooks = nil
		for _, h := range hooks {
			roots := h.roots
			h.roots = nil
			for _, root := range roots {
				if now.Sub(t.since[trusted{c.kind, h.name, sha256.Sum256(root.Raw)}]) >= settle {
					h.roots = append(h.roots, root)
				}
			}
			c.hooks = append(c.hooks, h)
		}
		old.configurations = append(old.configurations, c)
	}
	return old
}

// verified counts the webhooks that accept a certificate, and returns the first error of another.
func (t trust) verified(c *tls.Certificate, now time.Time) (accepting int, refused error) {
	for _, configuration := range t.configurations {
		for _, h := range configuration.hooks {
			if _, err := h.verify(c, now); err == nil {
				accepting++
			} else if refused == nil {
				refused = fmt.Errorf("the %s webhook configuration %s, webhook %s: the caBundle does not verify the serving certificate: %w",
					configuration.kind, configuration.name, h.name, err)
			}
		}
	}
	return accepting, refused
}

// verify does what the API server does, and returns the CA that it trusts.
func (h hook) verify(c *tls.Certificate, now time.Time) (*x509.Certificate, error) {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, root := range h.roots {
		roots.AddCert(root)
	}
	for _, der := range c.Certificate[1:] {
		if ca, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(ca)
		}
	}
	chains, err := c.Leaf.Verify(x509.VerifyOptions{
		DNSName: h.host, Roots: roots, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	if err != nil {
		return nil, err
	}
	return chains[0][len(chains[0])-1], nil
}
