package client

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// TLSPair is the check tls-pair.
var TLSPair = validation.Check[Client]{
	ID: "tls-pair", Severity: validation.Deny, LeavesOut: true,
	Doc: validation.Doc{
		Title: "A client's certificate without its key, or a key without its certificate",
		Text: `To present a certificate, Prometheus needs its key. With one of the two and not the other it
refuses its whole configuration. The operator leaves such an object out, even where the scrape
class has the other half.

Set ` + "`cert` and `keySecret`" + ` (in a ServiceMonitor ` + "`certFile` and `keyFile`" + ` work as well), or neither. To
check the certificate of the target, ` + "`ca`" + ` is enough.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if !c.writesTLS(s) {
			return nil
		}
		certificate := c.TLS.Cert != monitoringv1.SecretOrConfigMap{} || c.TLS.CertFile != ""
		key := c.TLS.KeySecret != nil || c.TLS.KeyFile != ""
		at := c.At("tlsConfig")
		switch {
		case certificate && !key:
			return []validation.Finding{at.Finding("there is a client certificate, and no key for it",
				"set keySecret to the key of a Secret that holds it, or remove the certificate", "certificate")}
		case key && !certificate:
			return []validation.Finding{at.Finding("there is a client key, and no certificate for it",
				"set cert to the key of a Secret or ConfigMap that holds it, or remove the key", "key")}
		}
		return nil
	},
}
