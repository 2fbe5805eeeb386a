package client

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// TLSVersion is the check tls-version.
var TLSVersion = validation.Check[Client]{
	ID: "tls-version", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "No version of TLS is left",
		Text: "Prometheus knows `TLS10`, `TLS11`, `TLS12` and `TLS13`" + `. For another name, or for a
` + "`minVersion` above `maxVersion`" + `, it refuses its whole configuration.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, s validation.Snapshot) []validation.Finding {
		if !c.writesTLS(s) {
			return nil
		}
		at := c.At("tlsConfig")
		lowest, findings := versionOf(at, "minVersion", c.TLS.MinVersion, s.Prometheus.Has(since.TLSMinVersion))
		highest, more := versionOf(at, "maxVersion", c.TLS.MaxVersion, s.Prometheus.Has(since.TLSMaxVersion))
		if findings = append(findings, more...); len(findings) > 0 {
			return findings
		}
		// NewTLSConfig of common v0.72 config/http_config.go.
		if lowest == 0 || highest == 0 || lowest <= highest {
			return nil
		}
		return []validation.Finding{at.At("minVersion").Finding(
			fmt.Sprintf("the lowest version %s is above the highest, %s", *c.TLS.MinVersion, *c.TLS.MaxVersion),
			"lower minVersion, or remove maxVersion", string(*c.TLS.MinVersion)+">"+string(*c.TLS.MaxVersion))}
	},
}

// versionOf reads a version as Prometheus does. It returns 0 if the field is not set, or if
// the operator does not write it.
func versionOf(at validation.Place, field string, version *monitoringv1.TLSVersion, written bool) (commonconfig.TLSVersion, []validation.Finding) {
	if version == nil || !written {
		return 0, nil
	}
	if v, ok := commonconfig.TLSVersions[string(*version)]; ok {
		return v, nil
	}
	return 0, []validation.Finding{at.At(field).Finding(
		fmt.Sprintf("%q is not a version of TLS that Prometheus knows", *version),
		"write TLS10, TLS11, TLS12 or TLS13", string(*version))}
}
