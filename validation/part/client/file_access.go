package client

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

// FileAccess is the check file-access.
var FileAccess = validation.Check[Client]{
	ID: "file-access", Severity: validation.Warn, LeavesOut: true,
	Doc: validation.Doc{
		Title: "The Prometheus does not let ServiceMonitors read its files",
		Text: "With `spec.arbitraryFSAccessThroughSMs.deny: true`" + ` a Prometheus allows no ServiceMonitor to
name its files, so that nobody can have its tokens sent to a target of their own. The operator then
leaves out the whole ServiceMonitor that names a file, and reports that only in its log.

Take tokens, certificates and keys from Secrets and ConfigMaps in the namespace of the
ServiceMonitor.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if !s.Prometheus.DeniesFiles {
			return nil
		}
		var findings []validation.Finding
		denied := func(at validation.Place, name, file, instead string) {
			if file != "" {
				findings = append(findings, at.At(name).Finding(
					fmt.Sprintf("Prometheus %s does not let ServiceMonitors read its files, and the operator leaves this one out", s.Prometheus.Name),
					"use "+instead+" instead", file))
			}
		}
		denied(c.Place, "bearerTokenFile", c.BearerTokenFile, "authorization with a Secret")
		if c.TLS != nil {
			at := c.At("tlsConfig")
			denied(at, "caFile", c.TLS.CAFile, "ca")
			denied(at, "certFile", c.TLS.CertFile, "cert")
			denied(at, "keyFile", c.TLS.KeyFile, "keySecret")
		}
		return findings
	},
}
