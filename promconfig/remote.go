package promconfig

import (
	"strings"

	"github.com/google/uuid"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

func (s *section) remoteWrite() {
	discover(s, "remote_write", "remoteWrite", s.w.g.spec.RemoteWrite, (*section).remoteWriteTo)
}

func (s *section) remoteWriteTo(r *monitoringv1.RemoteWriteSpec) {
	self := s.w.self()
	s.atMostOne(way{"basicAuth", r.BasicAuth != nil}, way{"oauth2", r.OAuth2 != nil}, way{"authorization", r.Authorization != nil}, way{"sigv4", r.Sigv4 != nil}, way{"azureAd", r.AzureAD != nil})
	s.checkAzureAD(r.AzureAD)

	s.put("url", "url", r.URL)
	s.set("remote_timeout", "remoteTimeout", r.RemoteTimeout)
	if len(r.Headers) > 0 {
		s.putSince(since.RemoteWriteHeaders, "headers", "headers", sorted(r.Headers))
	}
	if name := orDefault(r.Name, ""); name != "" {
		s.putSince(since.RemoteWriteName, "name", "name", name)
	}
	if r.MessageVersion != nil {
		s.putSince(since.RemoteWriteMessageVersion, "protobuf_message", "messageVersion", protobufMessage(*r.MessageVersion))
	}
	s.setSince(since.SendExemplars, "send_exemplars", "sendExemplars", r.SendExemplars)
	s.setSince(since.SendNativeHistograms, "send_native_histograms", "sendNativeHistograms", r.SendNativeHistograms)
	s.relabelings("write_relabel_configs", "writeRelabelConfigs", r.WriteRelabelConfigs)
	s.basicAuth(self, r.BasicAuth)
	s.set("bearer_token", "bearerToken", r.BearerToken)
	s.set("bearer_token_file", "bearerTokenFile", r.BearerTokenFile) //nolint:staticcheck // deprecated, and in use
	s.oauth2(self, r.OAuth2)
	s.tls(self, r.TLSConfig)
	s.authorization(self, self, r.Authorization)
	s.proxySettings(self, r.ProxyConfig)
	s.sigv4(since.RemoteWriteSigV4, r.Sigv4)
	s.azureAD(r.AzureAD)
	s.setSince(since.FollowRedirects, "follow_redirects", "followRedirects", r.FollowRedirects)
	s.setSince(since.EnableHTTP2, "enable_http2", "enableHTTP2", r.EnableHttp2)
	s.queue(r.QueueConfig)
	s.metadata(r)
	s.setSince(since.RoundRobinDNS, "round_robin_dns", "roundRobinDNS", r.RoundRobinDNS)
}

func protobufMessage(v monitoringv1.RemoteWriteMessageVersion) string {
	if v == monitoringv1.RemoteWriteMessageVersion2_0 {
		return "io.prometheus.write.v2.Request"
	}
	return "prometheus.WriteRequest"
}

func (s *section) queue(q *monitoringv1.QueueConfig) {
	if q == nil {
		return
	}
	c := s.in("queue_config", "queueConfig")
	c.set("capacity", "capacity", q.Capacity)
	c.setSince(since.QueueMinShards, "min_shards", "minShards", q.MinShards)
	c.set("max_shards", "maxShards", q.MaxShards)
	c.set("max_samples_per_send", "maxSamplesPerSend", q.MaxSamplesPerSend)
	c.set("batch_send_deadline", "batchSendDeadline", q.BatchSendDeadline)
	if q.MaxRetries != 0 {
		if s.w.g.has(since.QueueWithoutMaxRetries) {
			s.w.ignoref(c.field.Field("maxRetries"), "Prometheus took it out in 2.11.0")
		} else {
			c.put("max_retries", "maxRetries", q.MaxRetries)
		}
	}
	c.set("min_backoff", "minBackoff", q.MinBackoff)
	c.set("max_backoff", "maxBackoff", q.MaxBackoff)
	c.setSince(since.QueueRetryOnRateLimit, "retry_on_http_429", "retryOnRateLimit", q.RetryOnRateLimit)
	c.setSince(since.QueueSampleAgeLimit, "sample_age_limit", "sampleAgeLimit", q.SampleAgeLimit)
	s.add("queue_config", c)
}

// metadata is not sent by itself with the second version of the protocol, which has it in
// the samples.
func (s *section) metadata(r *monitoringv1.RemoteWriteSpec) {
	m := r.MetadataConfig
	if m == nil {
		return
	}
	c := s.in("metadata_config", "metadataConfig")
	v2 := orDefault(r.MessageVersion, "") == monitoringv1.RemoteWriteMessageVersion2_0
	c.put("send", "send", m.Send && !v2)
	c.set("send_interval", "sendInterval", m.SendInterval)
	c.setSince(since.MetadataMaxSamples, "max_samples_per_send", "maxSamplesPerSend", m.MaxSamplesPerSend)
	s.addSince(since.MetadataConfig, "metadata_config", c)
}

func (s *section) remoteRead() {
	discover(s, "remote_read", "remoteRead", s.w.g.server.RemoteRead, (*section).remoteReadFrom)
}

func (s *section) remoteReadFrom(r *monitoringv1.RemoteReadSpec) {
	self := s.w.self()
	s.put("url", "url", r.URL)
	s.set("remote_timeout", "remoteTimeout", r.RemoteTimeout)
	if len(r.Headers) > 0 {
		s.putSince(since.RemoteReadHeaders, "headers", "headers", sorted(r.Headers))
	}
	s.setSince(since.RemoteReadName, "name", "name", r.Name)
	if len(r.RequiredMatchers) > 0 {
		s.put("required_matchers", "requiredMatchers", sorted(r.RequiredMatchers))
	}
	s.set("read_recent", "readRecent", r.ReadRecent)
	s.basicAuth(self, r.BasicAuth)
	s.set("bearer_token", "bearerToken", r.BearerToken)
	s.set("bearer_token_file", "bearerTokenFile", r.BearerTokenFile) //nolint:staticcheck // deprecated, and in use
	s.oauth2(self, r.OAuth2)
	s.tls(self, r.TLSConfig)
	s.authorization(self, self, r.Authorization)
	s.proxy(self, r.ProxyConfig)
	s.setSince(since.FollowRedirects, "follow_redirects", "followRedirects", r.FollowRedirects)
	s.setSince(since.FilterExternalLabels, "filter_external_labels", "filterExternalLabels", r.FilterExternalLabels)
}

func (s *section) sigv4(f *since.Feature, v *monitoringv1.Sigv4) {
	if v == nil {
		return
	}
	self := s.w.self()
	c := s.in("sigv4", "sigv4")
	c.set("region", "region", v.Region)
	switch {
	case v.AccessKey != nil && v.SecretKey != nil:
		access, secret := c.secret(self, "accessKey", *v.AccessKey), c.secret(self, "secretKey", *v.SecretKey)
		if access != "" && secret != "" {
			c.put("access_key", "accessKey", access)
			c.put("secret_key", "secretKey", secret)
		}
	case v.AccessKey != nil || v.SecretKey != nil:
		s.w.rejectf(c.field, "accessKey and secretKey go together")
	}
	c.set("profile", "profile", v.Profile)
	c.set("role_arn", "roleArn", v.RoleArn)
	c.setSince(since.SigV4ExternalID, "external_id", "externalId", v.ExternalID)
	c.setSince(since.SigV4FIPS, "use_fips_sts_endpoint", "useFIPSSTSEndpoint", v.UseFIPSSTSEndpoint)
	s.addSince(f, "sigv4", c)
}

func (s *section) azureAD(a *monitoringv1.AzureAD) {
	if a == nil {
		return
	}
	c := s.in("azuread", "azureAd")
	if m := a.ManagedIdentity; m != nil {
		identity := c.in("managed_identity", "managedIdentity")
		identity.set("client_id", "clientId", orDefault(m.ClientID, ""))
		c.add("managed_identity", identity)
	}
	if o := a.OAuth; o != nil {
		oauth := c.in("oauth", "oauth")
		oauth.put("client_id", "clientId", o.ClientID)
		oauth.put("client_secret", "clientSecret", oauth.secret(s.w.self(), "clientSecret", o.ClientSecret))
		oauth.put("tenant_id", "tenantId", o.TenantID)
		c.addSince(since.AzureADOAuth, "oauth", oauth)
	}
	if a.SDK != nil {
		c.putSince(since.AzureADSDK, "sdk", "sdk", yaml.MapSlice{{Key: "tenant_id", Value: orDefault(a.SDK.TenantID, "")}})
	}
	if i := a.WorkloadIdentity; i != nil {
		c.putSince(since.AzureADWorkloadIdentity, "workload_identity", "workloadIdentity", yaml.MapSlice{{Key: "client_id", Value: i.ClientID}, {Key: "tenant_id", Value: i.TenantID}})
	}
	c.set("cloud", "cloud", a.Cloud)
	c.setSince(since.AzureADScope, "scope", "scope", orDefault(a.Scope, ""))
	s.addSince(since.AzureAD, "azuread", c)
}

func (s *section) checkAzureAD(a *monitoringv1.AzureAD) {
	if a == nil {
		return
	}
	c := s.in("azuread", "azureAd")
	if a.ManagedIdentity == nil && a.OAuth == nil && a.SDK == nil && a.WorkloadIdentity == nil {
		s.w.rejectf(c.field, "needs one of managedIdentity, oauth, sdk and workloadIdentity")
	}
	c.atMostOne(way{"managedIdentity", a.ManagedIdentity != nil}, way{"oauth", a.OAuth != nil}, way{"sdk", a.SDK != nil}, way{"workloadIdentity", a.WorkloadIdentity != nil})
	if m := a.ManagedIdentity; m != nil && orDefault(m.ClientID, "") == "" && !s.w.g.has(since.AzureADWithoutClientID) {
		s.w.rejectf(c.field.Field("managedIdentity", "clientId"), "the clientId is missing: only Prometheus 3.5.0 and later can do without")
	}
	if o := a.OAuth; o != nil {
		c.need(since.AzureADOAuth, "oauth", o)
		c.checkUUID(o.ClientID, "oauth", "clientId")
	}
	c.need(since.AzureADSDK, "sdk", a.SDK)
	if i := a.WorkloadIdentity; i != nil {
		c.need(since.AzureADWorkloadIdentity, "workloadIdentity", i)
		c.checkUUID(i.ClientID, "workloadIdentity", "clientId")
		c.checkUUID(i.TenantID, "workloadIdentity", "tenantId")
	}
}

func (s *section) checkUUID(value string, field ...string) {
	_, err := uuid.Parse(value)
	s.w.rejectFor(s.field.Field(field...), err)
}

// A way is one of several fields that exclude each other.
type way struct {
	field string
	isSet bool
}

func (s *section) atMostOne(ways ...way) {
	var set []string
	for _, w := range ways {
		if w.isSet {
			set = append(set, w.field)
		}
	}
	if len(set) > 1 {
		s.w.rejectf(s.field.Field(set[1]), "%s exclude each other", strings.Join(set, " and "))
	}
}
