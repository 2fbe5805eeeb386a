package promconfig

import (
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/since"
)

// azureSD keeps the credentials of the client if environment is set. The operator loses
// them then: environment starts a new entry.
func (s *section) azureSD(c *monitoringv1alpha1.AzureSDConfig) {
	self := s.w.self()
	s.checkAzureSD(self, c)
	s.discoveryClient(self, c.BasicAuth, c.Authorization, c.OAuth2, c.ProxyConfig)
	s.set("environment", "environment", c.Environment)
	s.set("authentication_method", "authenticationMethod", c.AuthenticationMethod)
	s.set("subscription_id", "subscriptionID", c.SubscriptionID)
	s.set("tenant_id", "tenantID", c.TenantID)
	s.set("client_id", "clientID", c.ClientID)
	if c.ClientSecret != nil {
		s.put("client_secret", "clientSecret", s.secret(self, "clientSecret", *c.ClientSecret))
	}
	s.set("resource_group", "resourceGroup", c.ResourceGroup)
	s.set("refresh_interval", "refreshInterval", c.RefreshInterval)
	s.set("port", "port", c.Port)
	s.unwrittenForAzure("tlsConfig", c.TLSConfig)
	s.unwrittenForAzure("followRedirects", c.FollowRedirects)
	s.unwrittenForAzure("enableHTTP2", c.EnableHTTP2)
}

func (s *section) unwrittenForAzure(field string, value any) {
	if !isZero(value) {
		s.w.ignoref(s.field.Field(field), "the operator does not write this field for Azure")
	}
}

// checkAzureSD requires the credentials of a client for the method OAuth, which is also the
// default.
func (s *section) checkAzureSD(self owner, c *monitoringv1alpha1.AzureSDConfig) {
	s.need(since.AzureResourceGroup, "resourceGroup", c.ResourceGroup)
	if c.AuthenticationMethod != nil {
		switch *c.AuthenticationMethod {
		case monitoringv1alpha1.AuthMethodTypeSDK:
			s.need(since.AzureSDK, "authenticationMethod", c.AuthenticationMethod)
			return
		case monitoringv1alpha1.AuthMethodTypeWorkloadIdentity:
			s.need(since.AzureWorkloadIdentity, "authenticationMethod", c.AuthenticationMethod)
			return
		case monitoringv1alpha1.AuthMethodTypeManagedIdentity:
			return
		}
	}
	s.askForOAuth("tenantID", c.TenantID != nil && *c.TenantID != "")
	s.askForOAuth("clientID", c.ClientID != nil && *c.ClientID != "")
	s.askForOAuth("clientSecret", c.ClientSecret != nil)
	s.checkOnly(func(unused *section) {
		unused.safeTLS(self, c.TLSConfig)
	})
}

func (s *section) askForOAuth(field string, isSet bool) {
	if !isSet {
		s.w.rejectf(s.field.Field(field), "the %s is missing: the authentication method OAuth needs it", field)
	}
}
