package client

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// TLSSource is the check tls-source.
var TLSSource = validation.Check[Client]{
	ID: "tls-source", Severity: validation.Deny, LeavesOut: true,
	Doc: validation.Doc{
		Title: "A certificate or key comes from two places at once",
		Text: `A certificate comes from a Secret, from a ConfigMap, or (in a ServiceMonitor) from a file in the
Prometheus container, and a key from a Secret or a file. If two of them are set for the same
thing, every version of the operator leaves the object out, and Prometheus would refuse a file
that is named twice.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if !c.writesTLS(s) {
			return nil
		}
		at := c.At("tlsConfig")
		var findings []validation.Finding
		from := func(ref monitoringv1.SecretOrConfigMap, name, file, path string) {
			if ref.Validate() != nil {
				findings = append(findings, at.At(name).Finding("secret and configMap are set together", "keep one of the two", name))
			}
			if ref != (monitoringv1.SecretOrConfigMap{}) && path != "" {
				findings = append(findings, at.At(name).Finding(file+" is set too, for the same thing", "keep one of the two", path))
			}
		}
		from(c.TLS.CA, "ca", "caFile", c.TLS.CAFile)
		from(c.TLS.Cert, "cert", "certFile", c.TLS.CertFile)
		from(monitoringv1.SecretOrConfigMap{Secret: c.TLS.KeySecret}, "keySecret", "keyFile", c.TLS.KeyFile)
		return findings
	},
}
