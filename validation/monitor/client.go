package monitor

import (
	"reflect"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	commonconfig "github.com/prometheus/common/config"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// WithoutNamelessToken leaves away a reference to a token that the operator passes
// over (v0.93.0 pkg/prometheus/promcfg.go): one without a name, and for a PodMonitor
// one without a key too.
func WithoutNamelessToken(c monitoringv1.HTTPConfigWithoutTLS, orKeyless bool) monitoringv1.HTTPConfigWithoutTLS {
	ref := c.BearerTokenSecret //nolint:staticcheck // deprecated, and in use
	if ref != nil && (ref.Name == "" || orKeyless && ref.Key == "") {
		c.BearerTokenSecret = nil //nolint:staticcheck // the same
	}
	return c
}

// ofTarget leaves away an authorization that says nothing: the operator does not
// write it for a target. For a discovery it does.
func (c Client) ofTarget() Client {
	if c.Authorization != nil && reflect.ValueOf(*c.Authorization).IsZero() {
		c.Authorization = nil
	}
	return c
}

// tokenServer is the client that fetches the token of OAuth 2, if there is one. The
// operator writes how to reach the server since Prometheus 2.43.
func (c Client) tokenServer() []Client {
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

// something stands for what is not looked into.
const something commonconfig.Secret = "something"
