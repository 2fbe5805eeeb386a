package promconfig

import (
	"errors"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/since"
)

// An owner is the object that has a reference: references point into its namespace. Fields
// of the Prometheus are checked once, with that object, and not again with each monitor that
// uses them.
type owner struct {
	namespace string
	judged    bool
}

func (w *writer) self() owner {
	return owner{namespace: w.namespace}
}

// prometheus returns the owner of scrape classes and apiserverConfig. The operator resolves
// their references in the namespace of the monitor, where they do not exist.
func (w *writer) prometheus() owner {
	return owner{namespace: w.g.object.Namespace, judged: !w.global}
}

func (s *section) secret(o owner, field string, ref corev1.SecretKeySelector) string {
	value, _ := s.secretKey(o, ref, field)
	return value
}

// secretKey resolves a reference in the namespace of its owner. It rejects the object if the
// key does not exist.
func (s *section) secretKey(o owner, ref corev1.SecretKeySelector, field ...string) (value string, found bool) {
	content, found := s.w.g.assets.SecretKey(o.namespace, ref.Name, ref.Key)
	if !found && !o.judged {
		s.w.rejectMissing(s.field.Field(field...), "Secret", o.namespace, ref.Name, ref.Key)
	}
	return string(content), found
}

func (s *section) secretOrConfigMap(o owner, field string, ref monitoringv1.SecretOrConfigMap) (value string, found bool) {
	if ref.Secret != nil {
		return s.secretKey(o, *ref.Secret, field, "secret")
	}
	if ref.ConfigMap == nil {
		return "", false
	}
	value, found = s.w.g.assets.ConfigMapKey(o.namespace, ref.ConfigMap.Name, ref.ConfigMap.Key)
	if !found && !o.judged {
		s.w.rejectMissing(s.field.Field(field, "configMap"), "ConfigMap", o.namespace, ref.ConfigMap.Name, ref.ConfigMap.Key)
	}
	return value, found
}

func (s *section) reject(o owner, field string, err error) {
	if !o.judged {
		s.w.rejectFor(s.field.Field(field), err)
	}
}

func (s *section) basicAuth(o owner, auth *monitoringv1.BasicAuth) {
	if auth == nil {
		return
	}
	b := s.in("basic_auth", "basicAuth")
	b.put("username", "username", b.secret(o, "username", auth.Username))
	b.put("password", "password", b.secret(o, "password", auth.Password))
	s.add("basic_auth", b)
}

// authorization writes credentials. If they come from a scrape class, they have another owner
// than the section.
func (s *section) authorization(o, credentials owner, auth *monitoringv1.Authorization) {
	if auth == nil {
		return
	}
	if auth.Credentials != nil {
		s.reject(o, "authorization", auth.Validate())
	}
	a := s.in("authorization", "authorization")
	kind := auth.Type
	if kind == "" {
		kind = "Bearer"
	}
	a.put("type", "type", strings.TrimSpace(kind))
	if auth.Credentials != nil && auth.Credentials.Name != "" {
		a.put("credentials", "credentials", a.secret(credentials, "credentials", *auth.Credentials))
	}
	a.set("credentials_file", "credentialsFile", auth.CredentialsFile)
	s.addSince(since.Authorization, "authorization", a)
}

func (s *section) safeAuthorization(o owner, auth *monitoringv1.SafeAuthorization) {
	if auth != nil {
		s.authorization(o, o, &monitoringv1.Authorization{SafeAuthorization: *auth})
	}
}

func (s *section) bearerToken(o owner, field string, ref *corev1.SecretKeySelector) {
	if ref != nil && ref.Name != "" {
		s.put("bearer_token", field, s.secret(o, field, *ref))
	}
}

func (s *section) oauth2(o owner, oauth2 *monitoringv1.OAuth2) {
	if oauth2 == nil {
		return
	}
	s.reject(o, "oauth2", oauth2.Validate())
	a := s.in("oauth2", "oauth2")
	clientID, _ := a.secretOrConfigMap(o, "clientId", oauth2.ClientID)
	a.put("client_id", "clientId", clientID)
	a.put("client_secret", "clientSecret", a.secret(o, "clientSecret", oauth2.ClientSecret))
	a.put("token_url", "tokenUrl", oauth2.TokenURL)
	a.set("scopes", "scopes", oauth2.Scopes)
	a.set("endpoint_params", "endpointParams", oauth2.EndpointParams)
	if s.w.g.has(since.OAuth2Client) {
		a.tokenServer(o, oauth2)
	} else {
		a.ignoreTokenServer(oauth2)
		a.checkOnly(func(unused *section) { unused.tokenServer(o, oauth2) })
	}
	s.addSince(since.OAuth2, "oauth2", a)
}

// tokenServer writes the client of the server that issues the tokens of OAuth 2.
func (s *section) tokenServer(o owner, oauth2 *monitoringv1.OAuth2) {
	s.proxySettings(o, oauth2.ProxyConfig)
	if oauth2.TLSConfig != nil {
		s.tlsConfig(o, "tlsConfig", &monitoringv1.TLSConfig{SafeTLSConfig: *oauth2.TLSConfig})
	}
}

func (s *section) ignoreTokenServer(oauth2 *monitoringv1.OAuth2) {
	for _, setting := range []struct {
		field string
		value any
	}{
		{"proxyUrl", oauth2.ProxyURL},
		{"noProxy", oauth2.NoProxy},
		{"proxyFromEnvironment", oauth2.ProxyFromEnvironment},
		{"proxyConnectHeader", oauth2.ProxyConnectHeader},
		{"tlsConfig", oauth2.TLSConfig},
	} {
		if !isZero(setting.value) {
			s.w.ignoreSince(s.field.Field(setting.field), since.OAuth2Client)
		}
	}
}

// proxy checks and writes the settings of the proxy, which have no section of their own.
func (s *section) proxy(o owner, p monitoringv1.ProxyConfig) {
	s.reject(o, "proxyUrl", p.Validate())
	s.proxySettings(o, p)
}

func (s *section) proxySettings(o owner, p monitoringv1.ProxyConfig) {
	s.set("proxy_url", "proxyUrl", p.ProxyURL)
	s.setSince(since.NoProxy, "no_proxy", "noProxy", p.NoProxy)
	s.setSince(since.ProxyFromEnvironment, "proxy_from_environment", "proxyFromEnvironment", p.ProxyFromEnvironment)
	if p.ProxyConnectHeader == nil {
		return
	}
	headers, header := yaml.MapSlice{}, s.field.Field("proxyConnectHeader")
	for _, name := range sortedKeys(p.ProxyConnectHeader) {
		values := []string{}
		for i, ref := range p.ProxyConnectHeader[name] {
			value, _ := s.of(header.Key(name).Index(i)).secretKey(o, ref)
			values = append(values, value)
		}
		headers = append(headers, yaml.MapItem{Key: name, Value: values})
	}
	s.putSince(since.ProxyConnectHeader, "proxy_connect_header", "proxyConnectHeader", headers)
}

func (s *section) safeTLS(o owner, t *monitoringv1.SafeTLSConfig) {
	if t != nil {
		s.tls(o, &monitoringv1.TLSConfig{SafeTLSConfig: *t})
	}
}

func (s *section) tls(o owner, t *monitoringv1.TLSConfig) {
	if t != nil {
		s.reject(o, "tlsConfig", t.Validate())
		s.tlsConfig(o, "tlsConfig", t)
	}
}

// tlsConfig writes the paths of certificates. The part holds the files.
func (s *section) tlsConfig(o owner, field string, t *monitoringv1.TLSConfig) {
	c := s.in("tls_config", field)
	c.set("insecure_skip_verify", "insecureSkipVerify", t.InsecureSkipVerify)

	authority := c.needed(o, "ca", t.CA)
	certificate := c.needed(o, "cert", t.Cert)
	key := ""
	if t.KeySecret != nil {
		content, found := c.secretKey(o, *t.KeySecret, "keySecret")
		c.rejectEmpty(o, "keySecret", content, found)
		key = content
	}
	c.reject(o, "ca", CheckAuthority(authority))
	c.reject(o, "cert", CheckKeyPair(certificate, key))

	c.certificate("ca_file", "ca", o, t.CA, authority)
	c.certificate("cert_file", "cert", o, t.Cert, certificate)
	c.certificate("key_file", "keySecret", o, monitoringv1.SecretOrConfigMap{Secret: t.KeySecret}, key)
	if t.ServerName != nil {
		c.set("server_name", "serverName", *t.ServerName)
	}
	c.setSince(since.TLSMinVersion, "min_version", "minVersion", t.MinVersion)
	c.setSince(since.TLSMaxVersion, "max_version", "maxVersion", t.MaxVersion)
	c.set("ca_file", "caFile", t.CAFile)
	c.set("cert_file", "certFile", t.CertFile)
	c.set("key_file", "keyFile", t.KeyFile)
	s.add("tls_config", c)
}

// needed resolves a reference whose content becomes a file.
func (s *section) needed(o owner, field string, ref monitoringv1.SecretOrConfigMap) string {
	content, found := s.secretOrConfigMap(o, field, ref)
	s.rejectEmpty(o, field, content, found)
	return content
}

// rejectEmpty rejects a file without content: the operator writes no file for an empty value,
// and Prometheus does not start without a file that its configuration names.
func (s *section) rejectEmpty(o owner, field, content string, found bool) {
	if found && content == "" {
		s.reject(o, field, errEmptyFile)
	}
}

var errEmptyFile = errors.New("is empty or missing, and Prometheus needs the file")

func (s *section) certificate(key, field string, o owner, ref monitoringv1.SecretOrConfigMap, content string) {
	if ref.Secret != nil || ref.ConfigMap != nil {
		s.put(key, field, s.w.certificateFile(o.namespace, ref, content))
	}
}

// exclusive rejects a client with two ways to authenticate.
func (s *section) exclusive(c monitoringv1.HTTPConfigWithoutTLS) {
	s.atMostOne(
		way{"authorization", c.Authorization != nil},
		way{"basicAuth", c.BasicAuth != nil},
		way{"bearerTokenSecret", c.BearerTokenSecret != nil}, //nolint:staticcheck // deprecated, and in use
		way{"oauth2", c.OAuth2 != nil},
	)
	if c.Authorization != nil && c.Authorization.Credentials == nil {
		s.w.rejectFor(s.field.Field("authorization"), c.Authorization.Validate())
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sorted returns a map in the order of its keys, so that the same objects render to the same
// bytes.
func sorted[V any](m map[string]V) yaml.MapSlice {
	out := yaml.MapSlice{}
	for _, k := range sortedKeys(m) {
		out = append(out, yaml.MapItem{Key: k, Value: m[k]})
	}
	return out
}
