package doctor

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/promgate/promgate/internal/pemfile"
)

const (
	// soon is when the end of a certificate is a problem, and soonCA when that of a CA is.
	soon   = 24 * time.Hour
	soonCA = 14 * 24 * time.Hour
)

// endsSoon reports whether a certificate should have been renewed by now: promgate and cert-manager do so when a third
// of its life is left, however short that is.
func (e *examiner) endsSoon(c *x509.Certificate, most time.Duration) bool {
	return c.NotAfter.Sub(e.Now) < min(most, c.NotAfter.Sub(c.NotBefore)/4)
}

// verify does what the API server does with a certificate.
func (e *examiner) verify(h Hook, host string, served []*x509.Certificate) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range pemfile.Certificates(h.ClientConfig.CABundle) {
		roots.AddCert(c)
	}
	for _, c := range served[1:] {
		between.AddCert(c)
	}
	_, err := served[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between, CurrentTime: e.Now})
	return err //nolint:wrapcheck // the caller looks at its words
}

// hookOf returns the webhook that a call was for.
func (e *examiner) hookOf(c Call) (Hook, bool) {
	for _, h := range e.Ours() {
		if h.Configuration == c.Configuration && h.Name == c.Hook {
			return h, true
		}
	}
	return Hook{}, false
}

// examineCertificates is about what the API server trusts, and what promgate serves.
func (e *examiner) examineCertificates() {
	for _, h := range e.Ours() {
		e.examineBundle(h)
	}
	var seen [][]byte
	for _, c := range e.Calls {
		if len(c.Certificates) == 0 || slices.ContainsFunc(seen, func(raw []byte) bool { return slices.Equal(raw, c.Certificates[0].Raw) }) {
			continue
		}
		seen = append(seen, c.Certificates[0].Raw)
		e.examineServed(c)
	}
	e.examineSource()
	if len(seen) == 0 && len(e.Ours()) > 0 && !e.examineReplicas() {
		e.unknown("served", "Which certificate promgate serves is not known: none of its addresses could be connected to from here, and its pods could not be asked.",
			"Run promgate doctor where the pods can be reached, or see promgate_certificate_ca_bundle_matches and promgate_certificate_expiry_timestamp_seconds at /metrics of promgate.")
	}
}

// examineBundle is about caBundle of one webhook.
func (e *examiner) examineBundle(h Hook) {
	bundle := h.ClientConfig.CABundle
	roots := pemfile.Certificates(bundle)
	const write = "promgate (--certs=self-signed) or cert-manager's cainjector writes it: see the log of either, and its permission to patch the configuration."
	switch {
	case len(bundle) == 0 && h.Service() == nil:
		e.ok("ca-bundle", "The webhook "+e.name(h)+" has no caBundle: the API server trusts the CAs of its system.")
	case len(bundle) == 0:
		e.problem("ca-bundle", "The webhook "+e.name(h)+" has no caBundle: the API server trusts nobody.", capital(write))
	case len(roots) == 0:
		e.problem("ca-bundle", "The caBundle of "+e.name(h)+" contains no certificate.", "Remove it. "+capital(write))
	default:
		e.examineRoots(h, roots)
	}
}

func (e *examiner) examineRoots(h Hook, roots []*x509.Certificate) {
	var details []string
	last := roots[0]
	for _, c := range roots {
		details = append(details, fmt.Sprintf("%s, until %s", nameOf(c), day(c.NotAfter)))
		if c.NotAfter.After(last.NotAfter) {
			last = c
		}
	}
	text := fmt.Sprintf("The caBundle of %s contains %s.", e.name(h), plural(len(roots), "CA", "CAs"))
	switch {
	case e.Now.After(last.NotAfter):
		e.problem("ca-bundle", text+" None of them is valid any more.", "See the log of promgate, or cert-manager's Certificate, for why the CA was not renewed.", details...)
	case e.endsSoon(last, soonCA):
		e.problem("ca-bundle", text+" The last of them expires soon.", "See the log of promgate, or cert-manager's Certificate, for why the CA is not renewed.", details...)
	default:
		e.ok("ca-bundle", text, details...)
	}
}

// examineServed is about the certificate at one address.
func (e *examiner) examineServed(c Call) {
	leaf := c.Certificates[0]
	text := fmt.Sprintf("%s serves a certificate of %s for %s, until %s.", c.Address, issuerOf(leaf), list(namesOf(leaf), 3), leaf.NotAfter.UTC().Format("2006-01-02 15:04 MST"))
	for _, h := range e.Ours() {
		if h.Host() != c.Host {
			continue
		}
		if err := e.verify(h, c.Host, c.Certificates); err != nil {
			reason, _ := ReasonOf(err.Error())
			e.problem("served", text+" The caBundle of "+e.name(h)+" does not verify it.", e.mend(h, reason), err.Error())
			return
		}
	}
	if e.endsSoon(leaf, soon) {
		e.problem("served", text+" It expires soon.", "See the log of promgate, or cert-manager's Certificate, for why it is not renewed.")
		return
	}
	e.ok("served", text+" The caBundle verifies it.")
}

// mend is what to do about a certificate that a webhook does not trust.
func (e *examiner) mend(h Hook, r Reason) string {
	if r.ID == "unknown-authority" {
		for name, value := range h.annotations {
			if strings.HasPrefix(name, "cert-manager.io/inject-") {
				return fmt.Sprintf("cert-manager's cainjector writes caBundle (%s: %s): see its log, and whether promgate serves that certificate (--certs=cert-manager).", name, value)
			}
		}
	}
	return r.Fix
}

func nameOf(c *x509.Certificate) string {
	if name := c.Subject.CommonName; name != "" {
		return name
	}
	return c.Subject.String()
}

func issuerOf(c *x509.Certificate) string {
	if name := c.Issuer.CommonName; name != "" {
		return name
	}
	return "an unnamed CA"
}

func namesOf(c *x509.Certificate) []string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return []string{"no name"}
	}
	return names
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
