package client

import (
	"fmt"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	k8s "k8s.io/apimachinery/pkg/util/validation"

	"github.com/promgate/promgate/validation"
)

// ReferenceName is the check reference-name.
var ReferenceName = validation.Check[Client]{
	ID: "reference-name", Severity: validation.Deny, LeavesOut: true,
	Doc: validation.Doc{
		Title: "A reference names nothing that could exist",
		Text: `A reference to a Secret or ConfigMap has its name and a key in it. If one of the two is missing,
or is not a valid name or key in Kubernetes, the operator can never find it, and leaves the
whole object out. ` + "`optional: true`" + ` does not change that. Of a Prometheus, PrometheusAgent or
ThanosRuler it updates nothing any more.

` + "`basicAuth` always needs both `username` and `password`" + `: where one of them is empty, let it point to
a key that holds an empty text.

promgate does not look whether the Secret exists.`,
		Since: "v0.1.0",
	},
	Run: func(c Client, _ validation.Snapshot) []validation.Finding {
		r := referenceFindings{}
		if c.BasicAuth != nil {
			r.secret(c.At("basicAuth", "username"), &c.BasicAuth.Username)
			r.secret(c.At("basicAuth", "password"), &c.BasicAuth.Password)
		}
		// The operator (v0.93.0 pkg/assets/store.go) ignores credentials without a name.
		if a := c.Authorization; a != nil && a.Credentials != nil && a.Credentials.Name != "" {
			r.secret(c.At("authorization", "credentials"), a.Credentials)
		}
		r.secret(c.At("bearerTokenSecret"), c.BearerTokenSecret) //nolint:staticcheck // deprecated, and in use
		if c.OAuth2 != nil {
			r.either(c.At("oauth2", "clientId"), c.OAuth2.ClientID)
			r.secret(c.At("oauth2", "clientSecret"), &c.OAuth2.ClientSecret)
		}
		if c.TLS != nil {
			r.either(c.At("tlsConfig", "ca"), c.TLS.CA)
			r.either(c.At("tlsConfig", "cert"), c.TLS.Cert)
			r.secret(c.At("tlsConfig", "keySecret"), c.TLS.KeySecret)
		}
		headers := c.Proxy.ProxyConnectHeader
		for _, name := range slices.Sorted(maps.Keys(headers)) {
			at := c.ProxyPlace.At("proxyConnectHeader")
			at.Path = at.Path.Key(name)
			for i := range headers[name] {
				r.secret(at.Index(i), &headers[name][i])
			}
		}
		for _, m := range c.More {
			if m.Secret != nil {
				r.secret(m.Place, m.Secret)
			}
			if m.ConfigMap != nil {
				r.check(m.Place, "ConfigMap", m.ConfigMap.Name, m.ConfigMap.Key)
			}
		}
		for _, m := range c.Mounted {
			r.name(m.Place, m.Kind, m.Name)
		}
		return r.findings
	},
}

// referenceFindings collects the findings on references.
type referenceFindings struct{ findings []validation.Finding }

func (r *referenceFindings) either(at validation.Place, ref monitoringv1.SecretOrConfigMap) {
	r.secret(at.At("secret"), ref.Secret)
	if ref.ConfigMap != nil {
		r.check(at.At("configMap"), "ConfigMap", ref.ConfigMap.Name, ref.ConfigMap.Key)
	}
}

func (r *referenceFindings) secret(at validation.Place, ref *corev1.SecretKeySelector) {
	if ref != nil {
		r.check(at, "Secret", ref.Name, ref.Key)
	}
}

// check applies the rules for names and keys of both kinds (Kubernetes
// pkg/apis/core/validation).
func (r *referenceFindings) check(at validation.Place, kind, name, key string) {
	switch {
	case name == "" && key == "":
		r.add(at, "no "+kind+" is named", fmt.Sprintf("write the name of a %s, and a key in it", kind), "")
	case name == "":
		r.add(at.At("name"), "the "+kind+" has no name", fmt.Sprintf("write the name of a %s in the same namespace", kind), key)
	case key == "":
		r.add(at.At("key"), fmt.Sprintf("no key of %s %q is named", kind, name), "write a key of its data", name)
	case len(k8s.IsDNS1123Subdomain(name)) > 0:
		r.add(at.At("name"), fmt.Sprintf("no %s can be called %q", kind, name), "a name has lower case letters, digits, hyphens and dots", name)
	case len(k8s.IsConfigMapKey(key)) > 0:
		r.add(at.At("key"), fmt.Sprintf("no %s can have the key %q", kind, key), "a key has letters, digits, hyphens, dots and underscores", key)
	}
}

// name applies the rules for names where no key is named.
func (r *referenceFindings) name(at validation.Place, kind, name string) {
	switch {
	case name == "":
		r.add(at, "the "+kind+" has no name", fmt.Sprintf("write the name of a %s in the same namespace", kind), "")
	case len(k8s.IsDNS1123Subdomain(name)) > 0:
		r.add(at, fmt.Sprintf("no %s can be called %q", kind, name), "a name has lower case letters, digits, hyphens and dots", name)
	}
}

func (r *referenceFindings) add(at validation.Place, problem, fix, value string) {
	r.findings = append(r.findings, at.Finding(problem, fix, value))
}
