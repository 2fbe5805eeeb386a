package promconfig

import (
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/since"
)

// cloudDiscoveries writes the kinds of discovery that use the API of a vendor or of a
// scheduler, in the order of the operator.
func (s *section) cloudDiscoveries(c *monitoringv1alpha1.ScrapeConfigSpec) {
	discover(s, "ec2_sd_configs", "ec2SDConfigs", c.EC2SDConfigs, (*section).ec2SD)
	discover(s, "azure_sd_configs", "azureSDConfigs", c.AzureSDConfigs, (*section).azureSD)
	discover(s, "gce_sd_configs", "gceSDConfigs", c.GCESDConfigs, (*section).gceSD)
	discover(s, "openstack_sd_configs", "openstackSDConfigs", c.OpenStackSDConfigs, (*section).openStackSD)
	discover(s, "digitalocean_sd_configs", "digitalOceanSDConfigs", c.DigitalOceanSDConfigs, (*section).digitalOceanSD)
	discover(s, "kuma_sd_configs", "kumaSDConfigs", c.KumaSDConfigs, (*section).kumaSD)
	discover(s, "eureka_sd_configs", "eurekaSDConfigs", c.EurekaSDConfigs, (*section).eurekaSD)
	discover(s, "docker_sd_configs", "dockerSDConfigs", c.DockerSDConfigs, (*section).dockerSD)
	discover(s, "linode_sd_configs", "linodeSDConfigs", c.LinodeSDConfigs, (*section).linodeSD)
	discover(s, "hetzner_sd_configs", "hetznerSDConfigs", c.HetznerSDConfigs, (*section).hetznerSD)
	discover(s, "nomad_sd_configs", "nomadSDConfigs", c.NomadSDConfigs, (*section).nomadSD)
	discover(s, "dockerswarm_sd_configs", "dockerSwarmSDConfigs", c.DockerSwarmSDConfigs, (*section).dockerSwarmSD)
	discover(s, "puppetdb_sd_configs", "puppetDBSDConfigs", c.PuppetDBSDConfigs, (*section).puppetDBSD)
	discover(s, "lightsail_sd_configs", "lightSailSDConfigs", c.LightSailSDConfigs, (*section).lightSailSD)
	discover(s, "ovhcloud_sd_configs", "ovhcloudSDConfigs", c.OVHCloudSDConfigs, (*section).ovhCloudSD)
	discover(s, "scaleway_sd_configs", "scalewaySDConfigs", c.ScalewaySDConfigs, (*section).scalewaySD)
	discover(s, "ionos_sd_configs", "ionosSDConfigs", c.IonosSDConfigs, (*section).ionosSD)
}

func (s *section) ec2SD(c *monitoringv1alpha1.EC2SDConfig) {
	self := s.w.self()
	s.proxy(self, c.ProxyConfig)
	s.set("region", "region", c.Region)
	s.accessKeys(self, c.AccessKey, c.SecretKey)
	s.set("role_arn", "roleARN", c.RoleARN)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("port", "port", c.Port)
	if len(c.Filters) > 0 && s.has(since.EC2Filters, "filters") {
		s.filters(c.Filters)
	}
	s.setSince(since.EC2Client, "follow_redirects", "followRedirects", c.FollowRedirects)
	s.setSince(since.EC2Client, "enable_http2", "enableHTTP2", c.EnableHTTP2)
	if c.TLSConfig == nil {
		return
	}
	if s.has(since.EC2Client, "tlsConfig") {
		s.safeTLS(self, c.TLSConfig)
		return
	}
	s.checkOnly(func(unused *section) {
		unused.safeTLS(self, c.TLSConfig)
	})
}

func (s *section) lightSailSD(c *monitoringv1alpha1.LightSailSDConfig) {
	self := s.w.self()
	s.kindSince(since.LightSailSD)
	s.basicAuth(self, c.BasicAuth)
	s.safeAuthorization(self, c.Authorization)
	s.proxy(self, c.ProxyConfig)
	s.oauth2(self, c.OAuth2)
	s.set("region", "region", c.Region)
	s.set("endpoint", "endpoint", c.Endpoint)
	s.set("port", "port", c.Port)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.accessKeys(self, c.AccessKey, c.SecretKey)
	s.set("role_arn", "roleARN", c.RoleARN)
	s.safeTLS(self, c.TLSConfig)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
}

func (s *section) gceSD(c *monitoringv1alpha1.GCESDConfig) {
	s.put("project", "project", c.Project)
	s.put("zone", "zone", c.Zone)
	s.set("filter", "filter", c.Filter)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("port", "port", c.Port)
	s.set("tag_separator", "tagSeparator", c.TagSeparator)
}

func (s *section) openStackSD(c *monitoringv1alpha1.OpenStackSDConfig) {
	self := s.w.self()
	if c.Role == monitoringv1alpha1.OpenStackRoleLoadBalancer {
		s.need(since.OpenStackLoadBalancer, "role", c.Role)
	}
	s.put("role", "role", strings.ToLower(string(c.Role)))
	s.put("region", "region", c.Region)
	s.set("identity_endpoint", "identityEndpoint", c.IdentityEndpoint)
	s.set("username", "username", c.Username)
	s.set("userid", "userid", c.UserID)
	if c.Password != nil {
		s.put("password", "password", s.secret(self, "password", *c.Password))
	}
	s.set("domain_name", "domainName", c.DomainName)
	s.set("domain_id", "domainID", c.DomainID)
	s.set("project_name", "projectName", c.ProjectName)
	s.set("project_id", "projectID", c.ProjectID)
	s.set("application_credential_name", "applicationCredentialName", c.ApplicationCredentialName)
	s.set("application_credential_id", "applicationCredentialId", c.ApplicationCredentialID)
	if c.ApplicationCredentialSecret != nil {
		s.put("application_credential_secret", "applicationCredentialSecret",
			s.secret(self, "applicationCredentialSecret", *c.ApplicationCredentialSecret))
	}
	s.set("all_tenants", "allTenants", c.AllTenants)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("port", "port", c.Port)
	if c.Availability != nil {
		// Prometheus accepts lower case only, and the API capitalized words only.
		s.put("availability", "availability", strings.ToLower(string(*c.Availability)))
	}
	s.safeTLS(self, c.TLSConfig)
}

func (s *section) digitalOceanSD(c *monitoringv1alpha1.DigitalOceanSDConfig) {
	self := s.w.self()
	s.kindSince(since.DigitalOceanSD)
	s.discoveryClient(self, nil, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.safeTLS(self, c.TLSConfig)
	s.set("port", "port", c.Port)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
}

func (s *section) linodeSD(c *monitoringv1alpha1.LinodeSDConfig) {
	self := s.w.self()
	s.kindSince(since.LinodeSD)
	s.discoveryClient(self, nil, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.safeTLS(self, c.TLSConfig)
	s.set("port", "port", c.Port)
	s.set("region", "region", c.Region)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.set("tag_separator", "tagSeparator", c.TagSeparator)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
}

func (s *section) hetznerSD(c *monitoringv1alpha1.HetznerSDConfig) {
	self := s.w.self()
	s.need(since.HetznerLabelSelector, "labelSelector", c.LabelSelector)
	s.discoveryClient(self, c.BasicAuth, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.put("role", "role", strings.ToLower(string(c.Role)))
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.safeTLS(self, c.TLSConfig)
	s.set("port", "port", c.Port)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	if c.LabelSelector != nil {
		s.set("label_selector", "labelSelector", *c.LabelSelector)
	}
}

// ovhServices are the names that Prometheus has for the services.
var ovhServices = map[monitoringv1alpha1.OVHService]string{
	monitoringv1alpha1.OVHServiceVPS:             "vps",
	monitoringv1alpha1.OVHServiceDedicatedServer: "dedicated_server",
}

func (s *section) ovhCloudSD(c *monitoringv1alpha1.OVHCloudSDConfig) {
	self := s.w.self()
	s.kindSince(since.OVHCloudSD)
	s.put("application_key", "applicationKey", c.ApplicationKey)
	s.put("application_secret", "applicationSecret", s.secret(self, "applicationSecret", c.ApplicationSecret))
	s.put("consumer_key", "consumerKey", s.secret(self, "consumerKey", c.ConsumerKey))
	if service, ok := ovhServices[c.Service]; ok {
		s.put("service", "service", service)
	} else {
		s.w.ignoref(s.field.Field("service"), "Prometheus knows no service %q", c.Service)
	}
	s.set("endpoint", "endpoint", c.Endpoint)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
}

func (s *section) scalewaySD(c *monitoringv1alpha1.ScalewaySDConfig) {
	self := s.w.self()
	s.kindSince(since.ScalewaySD)
	s.put("access_key", "accessKey", c.AccessKey)
	s.put("secret_key", "secretKey", s.secret(self, "secretKey", c.SecretKey))
	s.put("project_id", "projectID", c.ProjectID)
	s.put("role", "role", strings.ToLower(string(c.Role)))
	s.set("port", "port", c.Port)
	s.set("api_url", "apiURL", c.ApiURL)
	s.set("zone", "zone", c.Zone)
	s.set("name_filter", "nameFilter", c.NameFilter)
	s.set("tags_filter", "tagsFilter", c.TagsFilter)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.proxy(self, c.ProxyConfig)
	s.safeTLS(self, c.TLSConfig)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
}

func (s *section) ionosSD(c *monitoringv1alpha1.IonosSDConfig) {
	self := s.w.self()
	s.kindSince(since.IonosSD)
	if c.OAuth2 == nil {
		s.safeAuthorization(self, &c.Authorization)
	} else if !isZero(c.Authorization) {
		s.w.ignoref(s.field.Field("authorization"), "oauth2 is set, and takes its place")
		s.checkOnly(func(unused *section) {
			unused.safeAuthorization(self, &c.Authorization)
		})
	}
	s.discoveryClient(self, nil, nil, c.OAuth2, c.ProxyConfig)
	s.safeTLS(self, c.TLSConfig)
	s.put("datacenter_id", "datacenterID", c.DataCenterID)
	s.set("follow_redirects", "followRedirects", c.FollowRedirects)
	s.set("enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.set("port", "port", c.Port)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
}
