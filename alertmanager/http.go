package alertmanager

import (
	"errors"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/promconfig"
)

// http writes the settings of an HTTP client.
func (s *section) http(c *monitoringv1alpha1.HTTPConfig) {
	if c == nil {
		return
	}
	h := s.in("http_config", "httpConfig")
	h.checkHTTP(c)
	h.authorization(c.Authorization)
	h.basicAuth(c.BasicAuth)
	h.oauth2(c.OAuth2)
	h.setSecret("bearer_token", "bearerTokenSecret", c.BearerTokenSecret)
	h.tls(c.TLSConfig)
	h.set("follow_redirects", "followRedirects", c.FollowRedirects)
	h.set("enable_http2", "enableHttp2", c.EnableHTTP2)
	field := "proxyUrl"
	proxy := c.ProxyConfig
	if c.ProxyURLOriginal != nil && *c.ProxyURLOriginal != "" {
		field, proxy.ProxyURL = "proxyURL", c.ProxyURLOriginal
	}
	h.proxy(field, proxy)
	s.add("http_config", h)
}

// checkHTTP checks what the operator checks when it selects the object: its API's Validate, and
// checkHTTPConfig in operator.go.
func (s *section) checkHTTP(c *monitoringv1alpha1.HTTPConfig) {
	s.w.reject(s.field, oneAuthentication(c))
	s.w.reject(s.field.Field("authorization"), c.Authorization.Validate())
	s.w.reject(s.field.Field("oauth2"), c.OAuth2.Validate())
	s.w.reject(s.field.Field("tlsConfig"), c.TLSConfig.Validate())
	s.w.reject(s.field, c.ProxyConfig.Validate())
	if c.Authorization != nil {
		s.needs(since.AlertmanagerClient, "authorization")
	}
	if c.OAuth2 != nil {
		s.needs(since.AlertmanagerClient, "oauth2")
	}
	if c.NoProxy != nil {
		s.needs(since.AlertmanagerProxy, "noProxy")
	}
	if c.ProxyFromEnvironment != nil {
		s.needs(since.AlertmanagerProxy, "proxyFromEnvironment")
	}
	if c.ProxyConnectHeader != nil {
		s.needs(since.AlertmanagerProxy, "proxyConnectHeader")
	}
}

func oneAuthentication(c *monitoringv1alpha1.HTTPConfig) error {
	ways := 0
	for _, set := range []bool{c.Authorization != nil, c.BasicAuth != nil, c.OAuth2 != nil, c.BearerTokenSecret != nil} {
		if set {
			ways++
		}
	}
	if ways > 1 {
		return errors.New("at most one of authorization, basicAuth, oauth2 and bearerTokenSecret may be set")
	}
	return nil
}

func (s *section) authorization(a *monitoringv1.SafeAuthorization) {
	if a == nil || a.Credentials == nil {
		return
	}
	h := s.in("authorization", "authorization")
	credentials, found := h.secret("credentials", a.Credentials)
	if !found || credentials == "" {
		return
	}
	kind := a.Type
	if kind == "" {
		kind = "Bearer"
	}
	h.put("type", "type", kind)
	h.put("credentials", "credentials", credentials)
	s.add("authorization", h)
}

func (s *section) basicAuth(b *monitoringv1.BasicAuth) {
	if b == nil {
		return
	}
	h := s.in("basic_auth", "basicAuth")
	h.setSecret("username", "username", &b.Username)
	h.setSecret("password", "password", &b.Password)
	if len(h.fields) > 0 {
		s.add("basic_auth", h)
	}
}

func (s *section) oauth2(o *monitoringv1.OAuth2) {
	if o == nil {
		return
	}
	h := s.in("oauth2", "oauth2")
	h.put("client_id", "clientId", h.secretOrConfigMap(h.field.Field("clientId"), o.ClientID))
	secret, _ := h.secret("clientSecret", &o.ClientSecret)
	h.put("client_secret", "clientSecret", secret)
	h.set("scopes", "scopes", o.Scopes)
	h.put("token_url", "tokenUrl", string(o.TokenURL))
	h.set("endpoint_params", "endpointParams", o.EndpointParams)
	h.proxySettings("proxyUrl", o.ProxyConfig)
	if o.TLSConfig != nil {
		(&section{w: s.w, field: h.field}).tls(o.TLSConfig) // checked, and not written
		s.w.ignoref(h.field.Field("tlsConfig"), "prometheus-operator v0.93.0 does not use it here")
	}
	s.add("oauth2", h)
}

// proxy writes the settings of the proxy, which have no section of their own, and checks what the operator
// checks when it puts the configuration together.
func (s *section) proxy(urlField string, p monitoringv1.ProxyConfig) {
	s.proxySettings(urlField, p)
	fromEnvironment := p.ProxyFromEnvironment != nil && *p.ProxyFromEnvironment
	if s.w.g.Has(since.AlertmanagerProxySettings) && urlField == "proxyURL" && fromEnvironment {
		s.w.failf(s.field.Field("proxyURL"), "proxyFromEnvironment and proxyURL exclude each other")
	}
}

func (s *section) proxySettings(urlField string, p monitoringv1.ProxyConfig) {
	s.set("proxy_url", urlField, p.ProxyURL)
	s.set("no_proxy", "noProxy", p.NoProxy)
	s.setTrue("proxy_from_environment", "proxyFromEnvironment", p.ProxyFromEnvironment)
	headers := yaml.MapSlice{}
	for _, name := range slices.Sorted(maps.Keys(p.ProxyConnectHeader)) {
		values := []string{}
		for i, ref := range p.ProxyConnectHeader[name] {
			value, _ := s.secretAt(s.field.Field("proxyConnectHeader").Key(name).Index(i), ref)
			values = append(values, value)
		}
		headers = append(headers, yaml.MapItem{Key: name, Value: values})
	}
	s.set("proxy_connect_header", "proxyConnectHeader", headers)
}

// tls writes the settings of TLS, with the paths of the certificates in the pod.
func (s *section) tls(t *monitoringv1.SafeTLSConfig) {
	if t == nil {
		return
	}
	c := s.in("tls_config", "tlsConfig")
	ca := c.certificate("ca_file", "ca", t.CA)
	cert := c.certificate("cert_file", "cert", t.Cert)
	key := ""
	if t.KeySecret != nil {
		key, _ = c.secret("keySecret", t.KeySecret)
		c.put("key_file", "keySecret", s.w.certificateFile(monitoringv1.SecretOrConfigMap{Secret: t.KeySecret}, key))
	}
	s.w.reject(c.field.Field("ca"), promconfig.CheckAuthority(ca))
	s.w.reject(c.field.Field("cert"), promconfig.CheckKeyPair(cert, key))
	c.set("server_name", "serverName", t.ServerName)
	c.put("insecure_skip_verify", "insecureSkipVerify", t.InsecureSkipVerify != nil && *t.InsecureSkipVerify)
	c.set("min_version", "minVersion", t.MinVersion)
	c.set("max_version", "maxVersion", t.MaxVersion)
	s.add("tls_config", c)
}

// certificate writes the path of a file, and returns its content.
func (s *section) certificate(key, field string, ref monitoringv1.SecretOrConfigMap) string {
	if ref.Secret == nil && ref.ConfigMap == nil {
		return ""
	}
	content := s.secretOrConfigMap(s.field.Field(field), ref)
	s.put(key, field, s.w.certificateFile(ref, content))
	return content
}

func (s *section) secretOrConfigMap(field fieldpath.Path, ref monitoringv1.SecretOrConfigMap) string {
	if ref.Secret != nil {
		value, _ := s.secretAt(field.Field("secret"), *ref.Secret)
		return value
	}
	if ref.ConfigMap == nil {
		return ""
	}
	if ref.ConfigMap.Name == "" {
		s.w.rejectf(field.Field("configMap"), "configMap names no ConfigMap")
		return ""
	}
	value, found := s.w.g.assets.ConfigMapKey(s.w.namespace, ref.ConfigMap.Name, ref.ConfigMap.Key)
	if !found {
		s.w.rejectf(field.Field("configMap"), "ConfigMap %s/%s has no key %q, or does not exist", s.w.namespace, ref.ConfigMap.Name, ref.ConfigMap.Key)
	}
	return value
}
