package promconfig

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v2"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// discoveries writes the kinds of discovery that need no API of a vendor.
func (s *section) discoveries(c *monitoringv1alpha1.ScrapeConfigSpec) {
	discover(s, "static_configs", "staticConfigs", c.StaticConfigs, (*section).staticConfig)
	discover(s, "file_sd_configs", "fileSDConfigs", c.FileSDConfigs, (*section).fileSD)
	discover(s, "http_sd_configs", "httpSDConfigs", c.HTTPSDConfigs, (*section).httpSD)
	discover(s, "kubernetes_sd_configs", "kubernetesSDConfigs", c.KubernetesSDConfigs, (*section).kubernetesObjects)
	discover(s, "consul_sd_configs", "consulSDConfigs", c.ConsulSDConfigs, (*section).consulSD)
	discover(s, "dns_sd_configs", "dnsSDConfigs", c.DNSSDConfigs, (*section).dnsSD)
}

func (s *section) staticConfig(c *monitoringv1alpha1.StaticConfig) {
	s.put("targets", "targets", c.Targets)
	s.put("labels", "labels", c.Labels)
	s.w.checkLabelNames(s.field.Field("labels"), c.Labels)
}

// checkLabelNames rejects names that are not valid for the version of the Prometheus.
func (w *writer) checkLabelNames(field fieldpath.Path, labels map[string]string) {
	scheme := model.LegacyValidation
	if w.g.UTF8Names() {
		scheme = model.UTF8Validation
	}
	for _, name := range sortedKeys(labels) {
		if !scheme.IsValidLabelName(name) {
			w.rejectf(field.Key(name), "%q is not a label name for Prometheus %s", name, w.g.version)
		}
	}
}

func (s *section) fileSD(c *monitoringv1alpha1.FileSDConfig) {
	s.put("files", "files", c.Files)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
}

func (s *section) httpSD(c *monitoringv1alpha1.HTTPSDConfig) {
	self := s.w.self()
	s.kindSince(since.HTTPSD)
	if _, err := url.Parse(string(c.URL)); err != nil {
		s.w.rejectf(s.field.Field("url"), "%s", err)
	}
	s.basicAuth(self, c.BasicAuth)
	s.safeAuthorization(self, c.Authorization)
	s.safeTLS(self, c.TLSConfig)
	s.proxy(self, c.ProxyConfig)
	s.oauth2(self, c.OAuth2)
	s.put("url", "url", c.URL)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
}

// kindSince rejects a kind of discovery that the Prometheus is too old for. The operator
// rejects every ScrapeConfig then, even if it does not use the kind.
func (s *section) kindSince(f *since.Feature) {
	if !s.w.g.has(f) {
		s.w.rejectSince(s.field, f, "")
	}
}

// need rejects a field that is set and that the Prometheus is too old for.
func (s *section) need(f *since.Feature, field string, value any) {
	if !isZero(value) && !s.w.g.has(f) {
		s.w.rejectSince(s.field.Field(field), f, "")
	}
}

func (s *section) kubernetesObjects(c *monitoringv1alpha1.KubernetesSDConfig) {
	self, role := s.w.self(), strings.ToLower(string(c.Role))
	s.checkKubernetesSD(c, role)
	s.set("api_server", "apiServer", c.APIServer)
	if role == roleEndpointSlice {
		s.need(since.EndpointSliceRole, "role", c.Role)
	}
	s.put("role", "role", role)
	s.basicAuth(self, c.BasicAuth)
	s.safeAuthorization(self, c.Authorization)
	s.oauth2(self, c.OAuth2)
	s.proxy(self, c.ProxyConfig)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.safeTLS(self, c.TLSConfig)
	if n := c.Namespaces; n != nil {
		list := s.in("namespaces", "namespaces")
		list.put("names", "names", n.Names)
		list.set("own_namespace", "ownNamespace", n.IncludeOwnNamespace)
		s.add("namespaces", list)
	}
	if len(c.Selectors) > 0 && s.has(since.KubernetesSelectors, "selectors") {
		discover(s, "selectors", "selectors", c.Selectors, func(sel *section, k *monitoringv1alpha1.K8SSelectorConfig) {
			sel.put("role", "role", strings.ToLower(string(k.Role)))
			sel.set("label", "label", k.Label)
			sel.set("field", "field", k.Field)
		})
	}
	s.attachMetadata(c, role)
}

func (s *section) attachMetadata(c *monitoringv1alpha1.KubernetesSDConfig, role string) {
	if c.AttachMetadata == nil {
		return
	}
	value := yaml.MapSlice{{Key: "node", Value: c.AttachMetadata.Node}}
	switch role {
	case rolePod:
		s.putSince(since.PodAttachMetadata, "attach_metadata", "attachMetadata", value)
	case roleEndpoints, roleEndpointSlice:
		s.putSince(since.EndpointsAttachMetadata, "attach_metadata", "attachMetadata", value)
	default:
		s.w.ignoref(s.field.Field("attachMetadata"), "there is no node to attach for role %s", c.Role)
	}
}

// selectable lists the objects that each role can select by.
var selectable = map[string][]string{
	rolePod:           {rolePod},
	roleService:       {roleService},
	roleEndpoints:     {rolePod, roleService, roleEndpoints},
	roleEndpointSlice: {rolePod, roleService, roleEndpointSlice},
	"node":            {"node"},
	roleIngress:       {roleIngress},
}

func (s *section) checkKubernetesSD(c *monitoringv1alpha1.KubernetesSDConfig, role string) {
	if c.APIServer != nil && c.Namespaces != nil && c.Namespaces.IncludeOwnNamespace != nil && *c.Namespaces.IncludeOwnNamespace {
		s.w.rejectf(s.field.Field("namespaces", "ownNamespace"), "apiServer is set, and there Prometheus has no namespace of its own")
	}
	for i, sel := range c.Selectors {
		field := s.field.Field("selectors").Index(i)
		if !slices.Contains(selectable[role], strings.ToLower(string(sel.Role))) {
			s.w.rejectf(field.Field("role"), "role %s cannot select by %q, only by %s", c.Role, sel.Role, strings.Join(selectable[role], ", "))
		}
		if sel.Field != nil {
			_, err := fields.ParseSelector(*sel.Field)
			s.w.rejectFor(field.Field("field"), err)
		}
		if sel.Label != nil {
			_, err := labels.Parse(*sel.Label)
			s.w.rejectFor(field.Field("label"), err)
		}
	}
}

func (s *section) consulSD(c *monitoringv1alpha1.ConsulSDConfig) {
	self := s.w.self()
	s.need(since.ConsulPathPrefix, "pathPrefix", c.PathPrefix)
	s.need(since.ConsulNamespace, "namespace", c.Namespace)
	s.need(since.ConsulFilter, "filter", c.Filter)
	s.need(since.ConsulHealthFilter, "healthFilter", c.HealthFilter)
	s.basicAuth(self, c.BasicAuth)
	s.safeAuthorization(self, c.Authorization)
	s.oauth2(self, c.OAuth2)
	s.proxy(self, c.ProxyConfig)
	s.safeTLS(self, c.TLSConfig)
	s.put("server", "server", c.Server)
	s.set("path_prefix", "pathPrefix", c.PathPrefix)
	if c.TokenRef != nil {
		s.put("token", "tokenRef", s.secret(self, "tokenRef", *c.TokenRef))
	}
	s.set("datacenter", "datacenter", c.Datacenter)
	s.set("namespace", "namespace", c.Namespace)
	s.set("partition", "partition", c.Partition)
	s.scheme(c.Scheme)
	s.set("services", "services", c.Services)
	s.set("tags", "tags", c.Tags)
	s.set("tag_separator", "tagSeparator", c.TagSeparator)
	if len(c.NodeMeta) > 0 {
		s.put("node_meta", "nodeMeta", sorted(c.NodeMeta))
	}
	s.set("filter", "filter", c.Filter)
	s.set("health_filter", "healthFilter", c.HealthFilter)
	s.set("allow_stale", "allowStale", c.AllowStale)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHttp2", c.EnableHttp2)
}

// dnsSince has the types of records that old versions of Prometheus do not know.
var dnsSince = map[monitoringv1alpha1.DNSRecordType]*since.Feature{
	monitoringv1alpha1.DNSRecordTypeNS: since.DNSTypeNS,
	monitoringv1alpha1.DNSRecordTypeMX: since.DNSTypeMX,
}

func (s *section) dnsSD(c *monitoringv1alpha1.DNSSDConfig) {
	if c.Type != nil && *c.Type != monitoringv1alpha1.DNSRecordTypeSRV && c.Port == nil {
		s.w.rejectf(s.field.Field("port"), "the port is missing: a record of type %s carries no port", *c.Type)
	}
	s.put("names", "names", c.Names)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	if c.Type != nil {
		if f, ok := dnsSince[*c.Type]; !ok || s.has(f, "type") {
			s.put("type", "type", c.Type)
		}
	}
	s.set("port", "port", c.Port)
}

var errScheme = errors.New("must start with http:// or https:// and name a host")
