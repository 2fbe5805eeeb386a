package discovery

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// DiscoveryConflict is the check discovery-conflict.
var DiscoveryConflict = validation.Check[Discovery]{
	ID: "discovery-conflict", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Two fields of a discovery exclude each other",
		Text: `Prometheus refuses its whole configuration for these:

- Kubernetes without ` + "`apiServer`" + ` uses the API server of its own cluster, with its own service
  account, and accepts no settings of a client: no authentication, TLS or proxy, and neither
  redirects nor HTTP/2 switched off.
- Kubernetes with ` + "`apiServer`" + ` may be in another cluster, where it has no ` + "`ownNamespace`" + `.
- Consul accepts one of ` + "`tokenRef`, `authorization` and `oauth2`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, s validation.Snapshot) []validation.Finding {
		switch c := d.Config.(type) {
		case *monitoringv1alpha1.KubernetesSDConfig:
			return kubernetesConflicts(d, c, s)
		case *monitoringv1alpha1.ConsulSDConfig:
			return consulConflicts(d, c, s)
		}
		return nil
	},
}

func kubernetesConflicts(d Discovery, c *monitoringv1alpha1.KubernetesSDConfig, s validation.Snapshot) []validation.Finding {
	if c.APIServer == nil {
		var found []validation.Finding
		for _, name := range customClient(c, s) {
			found = append(found, d.At(name).Finding(
				"Prometheus accepts this field only together with apiServer",
				"set apiServer, or remove "+name, name))
		}
		return found
	}
	if n := c.Namespaces; n != nil && n.IncludeOwnNamespace != nil && *n.IncludeOwnNamespace {
		return []validation.Finding{d.At("namespaces", "ownNamespace").Finding(
			"Prometheus does not accept ownNamespace together with apiServer",
			"remove ownNamespace, and name the namespace in namespaces.names", "ownNamespace")}
	}
	return nil
}

// customClient returns the names of the fields that make the client differ from
// Prometheus' default. Fields that the operator does not write for this Prometheus do not
// count.
func customClient(c *monitoringv1alpha1.KubernetesSDConfig, s validation.Snapshot) []string {
	var names []string
	add := func(name string, isCustom bool) {
		if isCustom {
			names = append(names, name)
		}
	}
	add("basicAuth", c.BasicAuth != nil)
	add("authorization", c.Authorization != nil && s.Prometheus.Has(since.Authorization))
	add("oauth2", c.OAuth2 != nil && s.Prometheus.Has(since.OAuth2))
	add("proxyUrl", c.ProxyURL != nil)
	add("noProxy", c.NoProxy != nil && *c.NoProxy != "" && s.Prometheus.Has(since.NoProxy))
	add("proxyFromEnvironment", c.ProxyFromEnvironment != nil && *c.ProxyFromEnvironment && s.Prometheus.Has(since.ProxyFromEnvironment))
	add("proxyConnectHeader", c.ProxyConnectHeader != nil && s.Prometheus.Has(since.ProxyConnectHeader))
	add("tlsConfig", isCustomTLS(c.TLSConfig, s))
	add("followRedirects", c.FollowRedirects != nil && !*c.FollowRedirects)
	add("enableHTTP2", c.EnableHTTP2 != nil && !*c.EnableHTTP2)
	return names
}

func isCustomTLS(t *monitoringv1.SafeTLSConfig, s validation.Snapshot) bool {
	switch {
	case t == nil:
		return false
	case t.CA.Secret != nil, t.CA.ConfigMap != nil, t.Cert.Secret != nil, t.Cert.ConfigMap != nil, t.KeySecret != nil:
		return true
	case t.MinVersion != nil && s.Prometheus.Has(since.TLSMinVersion), t.MaxVersion != nil && s.Prometheus.Has(since.TLSMaxVersion):
		return true
	}
	return t.InsecureSkipVerify != nil && *t.InsecureSkipVerify || t.ServerName != nil && *t.ServerName != ""
}

// consulConflicts assumes that every Secret holds a token: no Secret is read here, and an
// empty one is of no use.
func consulConflicts(d Discovery, c *monitoringv1alpha1.ConsulSDConfig, s validation.Snapshot) []validation.Finding {
	if c.TokenRef == nil {
		return nil
	}
	var other string
	switch {
	case c.Authorization != nil && s.Prometheus.Has(since.Authorization):
		other = "authorization"
	case c.OAuth2 != nil && s.Prometheus.Has(since.OAuth2):
		other = "oauth2"
	default:
		return nil
	}
	return []validation.Finding{d.At(other).Finding(
		fmt.Sprintf("tokenRef and %s are set together, and Prometheus accepts only one way to authenticate", other), "keep one of the two", other)}
}
