package client

import (
	"reflect"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// A Client is how Prometheus talks to a target or to a source of targets.
type Client struct {
	validation.Place
	monitoringv1.HTTPConfigWithoutTLS

	BearerTokenFile string
	TLS             *monitoringv1.TLSConfig

	// More are references that no other field has, and Mounted the Secrets and ConfigMaps that are mounted
	// as a whole.
	More    []Reference
	Mounted []ObjectName

	// ProxyPlace is where Proxy is: that of a Probe is in its prober.
	Proxy      monitoringv1.ProxyConfig
	ProxyPlace validation.Place

	// TLSSince and ProxySince are the versions of Prometheus from which on the operator
	// writes either. Empty for any.
	TLSSince, ProxySince *since.Feature
}

// A Reference is a reference to a Secret or a ConfigMap, and its place.
type Reference struct {
	validation.Place
	monitoringv1.SecretOrConfigMap
}

// An ObjectName is the name of a Secret or a ConfigMap, and its place.
type ObjectName struct {
	validation.Place

	Kind, Name string
}

// SafeTLS converts a TLS configuration that cannot name files to one that can.
func SafeTLS(t *monitoringv1.SafeTLSConfig) *monitoringv1.TLSConfig {
	if t == nil {
		return nil
	}
	return &monitoringv1.TLSConfig{SafeTLSConfig: *t}
}

// WithoutNamelessToken omits a reference to a token that the operator ignores (v0.93.0
// pkg/prometheus/promcfg.go): a reference without a name, and in a PodMonitor also a
// reference without a key.
func WithoutNamelessToken(c monitoringv1.HTTPConfigWithoutTLS, orKeyless bool) monitoringv1.HTTPConfigWithoutTLS {
	ref := c.BearerTokenSecret //nolint:staticcheck // deprecated, and in use
	if ref != nil && (ref.Name == "" || orKeyless && ref.Key == "") {
		c.BearerTokenSecret = nil //nolint:staticcheck // the same
	}
	return c
}

// OfTarget omits an authorization without any field: the operator does not write it for
// a target. For a discovery it does.
func (c Client) OfTarget() Client {
	if c.Authorization != nil && reflect.ValueOf(*c.Authorization).IsZero() {
		c.Authorization = nil
	}
	return c
}

// TokenServer returns the client that fetches the token of OAuth 2, if the client uses it. The
// operator writes how to reach the server from Prometheus 2.43 on.
func (c Client) TokenServer() []Client {
	if c.OAuth2 == nil {
		return nil
	}
	at := c.At("oauth2")
	at.Key = validation.Key(at.Key, "oauth2")
	return []Client{{
		Place: at, TLS: SafeTLS(c.OAuth2.TLSConfig), TLSSince: since.OAuth2Client,
		Proxy: c.OAuth2.ProxyConfig, ProxyPlace: at, ProxySince: since.OAuth2Client,
	}}
}

// writesTLS says whether the TLS configuration may reach the Prometheus.
func (c Client) writesTLS(s validation.Snapshot) bool {
	return c.TLS != nil && s.Prometheus.Has(c.TLSSince)
}

// placeholderSecret replaces a secret whose value is never inspected.
const placeholderSecret commonconfig.Secret = "something"
