package promconfig

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/since"
)

func (s *section) kumaSD(c *monitoringv1alpha1.KumaSDConfig) {
	self := s.w.self()
	s.need(since.KumaClientID, "clientID", c.ClientID)
	s.checkServer(c.Server)
	s.discoveryClient(self, c.BasicAuth, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.put("server", "server", c.Server)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.safeTLS(self, c.TLSConfig)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("fetch_timeout", "fetchTimeout", c.FetchTimeout)
	s.set("client_id", "clientID", c.ClientID)
}

func (s *section) eurekaSD(c *monitoringv1alpha1.EurekaSDConfig) {
	self := s.w.self()
	s.discoveryClient(self, c.BasicAuth, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.safeTLS(self, c.TLSConfig)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("server", "server", c.Server)
}

func (s *section) nomadSD(c *monitoringv1alpha1.NomadSDConfig) {
	self := s.w.self()
	s.checkServer(c.Server)
	s.discoveryClient(self, c.BasicAuth, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.put("server", "server", c.Server)
	s.set("allow_stale", "allowStale", c.AllowStale)
	s.set("namespace", "namespace", c.Namespace)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("region", "region", c.Region)
	s.set("tag_separator", "tagSeparator", c.TagSeparator)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.safeTLS(self, c.TLSConfig)
}

func (s *section) dockerSD(c *monitoringv1alpha1.DockerSDConfig) {
	self := s.w.self()
	s.need(since.DockerMatchFirstNetwork, "matchFirstNetwork", c.MatchFirstNetwork)
	s.checkHost(c.Host)
	s.discoveryClient(self, nil, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.basicAuth(self, c.BasicAuth)
	s.filters(c.Filters)
	s.put("host", "host", c.Host)
	s.safeTLS(self, c.TLSConfig)
	s.set("port", "port", c.Port)
	s.set("host_networking_host", "hostNetworkingHost", c.HostNetworkingHost)
	s.set("match_first_network", "matchFirstNetwork", c.MatchFirstNetwork)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
}

func (s *section) dockerSwarmSD(c *monitoringv1alpha1.DockerSwarmSDConfig) {
	self := s.w.self()
	s.kindSince(since.DockerSwarmSD)
	s.checkHost(c.Host)
	s.discoveryClient(self, c.BasicAuth, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.filters(c.Filters)
	s.put("host", "host", c.Host)
	s.safeTLS(self, c.TLSConfig)
	s.put("role", "role", strings.ToLower(string(c.Role)))
	s.set("port", "port", c.Port)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
}

func (s *section) puppetDBSD(c *monitoringv1alpha1.PuppetDBSDConfig) {
	self := s.w.self()
	s.kindSince(since.PuppetDBSD)
	s.checkPuppetDB(c.URL)
	s.discoveryClient(self, c.BasicAuth, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.put("url", "url", c.URL)
	s.put("query", "query", c.Query)
	s.set("include_parameters", "includeParameters", c.IncludeParameters)
	s.set("port", "port", c.Port)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.safeTLS(self, c.TLSConfig)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
}

// discoveryClient writes the authentication of a client and its proxy, in the order of most
// kinds of discovery.
func (s *section) discoveryClient(o owner, basic *monitoringv1.BasicAuth, authorization *monitoringv1.SafeAuthorization,
	oauth2 *monitoringv1.OAuth2, proxy monitoringv1.ProxyConfig,
) {
	s.basicAuth(o, basic)
	s.safeAuthorization(o, authorization)
	s.oauth2(o, oauth2)
	s.proxy(o, proxy)
}

// accessKeys writes the two keys of an AWS account, which are useless without each other.
func (s *section) accessKeys(o owner, access, secret *corev1.SecretKeySelector) {
	switch {
	case access != nil && secret != nil:
		s.put("access_key", "accessKey", s.secret(o, "accessKey", *access))
		s.put("secret_key", "secretKey", s.secret(o, "secretKey", *secret))
	case access != nil:
		s.secret(o, "accessKey", *access)
		s.w.ignoref(s.field.Field("accessKey"), "there is no secretKey to go with it")
	case secret != nil:
		s.secret(o, "secretKey", *secret)
		s.w.ignoref(s.field.Field("secretKey"), "there is no accessKey to go with it")
	}
}

// filters writes filters sorted by name.
func (s *section) filters(filters monitoringv1alpha1.Filters) {
	if len(filters) == 0 {
		return
	}
	order := make([]int, len(filters))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(filters[a].Name, filters[b].Name)
	})
	list := make([]yaml.MapSlice, 0, len(filters))
	for to, from := range order {
		f := s.entry("filters", to, "filters", from)
		f.put("name", "name", filters[from].Name)
		f.put("values", "values", filters[from].Values)
		list = append(list, f.fields)
	}
	s.put("filters", "filters", list)
}

// checkOnly rejects what is wrong in a section that does not reach the configuration, as the
// operator does.
func (s *section) checkOnly(write func(unused *section)) {
	sources, ignored := len(s.w.sources), len(s.w.ignored)
	write(s.of(s.field))
	s.w.sources, s.w.ignored = s.w.sources[:sources], s.w.ignored[:ignored]
}

func (s *section) checkServer(server monitoringv1alpha1.URL) {
	u, err := url.Parse(string(server))
	switch {
	case err != nil:
		s.w.rejectFor(s.field.Field("server"), err)
	case u.Scheme == "" || u.Host == "":
		s.w.rejectf(s.field.Field("server"), "must have a scheme and name a host, is %q", server)
	}
}

func (s *section) checkPuppetDB(address monitoringv1alpha1.URL) {
	u, err := url.Parse(string(address))
	switch {
	case err != nil:
		s.w.rejectFor(s.field.Field("url"), err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		s.w.rejectFor(s.field.Field("url"), errScheme)
	}
}

// checkHost accepts any URL: a Docker daemon may listen on a Unix socket.
func (s *section) checkHost(host string) {
	_, err := url.Parse(host)
	s.w.rejectFor(s.field.Field("host"), err)
}
