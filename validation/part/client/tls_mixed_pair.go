package client

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

// TLSMixedPair is the check tls-mixed-pair.
var TLSMixedPair = validation.Check[Client]{
	ID: "tls-mixed-pair", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "One half of a client's certificate is a file, the other a reference",
		Text: "A ServiceMonitor may name a certificate by `cert` and its key by `keyFile`, or by `certFile` and\n" +
			"`keySecret`" + `. The operator (v0.93.0) then writes the path of the half that comes from a Secret
or ConfigMap, but does not mount the file, unless another object has the whole pair. A
Prometheus that does not find the file refuses its configuration.

Take both from Secrets, or both from files.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if !c.writesTLS(s) {
			return nil
		}
		at := c.At("tlsConfig")
		certificate, key := c.TLS.Cert != monitoringv1.SecretOrConfigMap{}, c.TLS.KeySecret != nil
		switch {
		case certificate && c.TLS.CertFile == "" && !key && c.TLS.KeyFile != "":
			return []validation.Finding{at.At("cert").Finding("the key is a file, and the operator then does not mount the certificate",
				"use keySecret instead of keyFile", c.TLS.KeyFile)}
		case key && c.TLS.KeyFile == "" && !certificate && c.TLS.CertFile != "":
			return []validation.Finding{at.At("keySecret").Finding("the certificate is a file, and the operator then does not mount the key",
				"use cert instead of certFile", c.TLS.CertFile)}
		}
		return nil
	},
}
