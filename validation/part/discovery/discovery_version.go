package discovery

import (
	"fmt"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation"
)

var DiscoveryVersion = validation.Check[Discovery]{
	ID: "discovery-version", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A discovery has a field that the Prometheus does not know yet",
		Text: `The operator (v0.93.0) writes some fields of a discovery for every version of Prometheus. A
Prometheus that does not know the field refuses its whole configuration.

- Linode: ` + "`region`" + ` came with Prometheus 2.52.
- EC2: ` + "`proxyUrl`" + ` came with Prometheus 2.41.
- Lightsail: ` + "`proxyUrl`, `tlsConfig`, `followRedirects` and `enableHTTP2`" + ` came with Prometheus 2.41.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		since := func(version, field string, set bool) {
			if set && !s.Prometheus.AtLeast(version) {
				found = append(found, d.At(field).Finding(
					fmt.Sprintf("the field needs Prometheus %s, and %s is %s", version, s.Prometheus.Name, s.Prometheus.Version),
					"remove it, or upgrade that Prometheus", field))
			}
		}
		switch c := d.Config.(type) {
		case *monitoringv1alpha1.LinodeSDConfig:
			since("2.52.0", "region", c.Region != nil)
		case *monitoringv1alpha1.EC2SDConfig:
			since("2.41.0", "proxyUrl", c.ProxyURL != nil && *c.ProxyURL != "")
		case *monitoringv1alpha1.LightSailSDConfig:
			since("2.41.0", "proxyUrl", c.ProxyURL != nil && *c.ProxyURL != "")
			since("2.41.0", "tlsConfig", c.TLSConfig != nil)
			since("2.41.0", "followRedirects", c.FollowRedirects != nil)
			since("2.41.0", "enableHTTP2", c.EnableHTTP2 != nil)
		}
		return found
	},
}
