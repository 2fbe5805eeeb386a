package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type azureConfig struct {
	inert `yaml:"-"`

	Environment          string                  `yaml:"environment,omitempty"`
	Port                 int                     `yaml:"port"`
	SubscriptionID       string                  `yaml:"subscription_id"`
	TenantID             string                  `yaml:"tenant_id,omitempty"`
	ClientID             string                  `yaml:"client_id,omitempty"`
	ClientSecret         config.Secret           `yaml:"client_secret,omitempty"`
	RefreshInterval      model.Duration          `yaml:"refresh_interval,omitempty"`
	AuthenticationMethod string                  `yaml:"authentication_method,omitempty"`
	ResourceGroup        string                  `yaml:"resource_group,omitempty"`
	HTTPClientConfig     config.HTTPClientConfig `yaml:",inline"`
}

func (*azureConfig) Name() string { return "azure" }

func (c *azureConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = azureConfig{
		Environment:          "AzurePublicCloud",
		Port:                 80,
		RefreshInterval:      5 * minute,
		AuthenticationMethod: "OAuth",
		HTTPClientConfig:     config.DefaultHTTPClientConfig,
	}
	type plain azureConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("azure", "subscription_id", c.SubscriptionID); err != nil {
		return err
	}
	if err := oneOf("azure", "authentication_method", c.AuthenticationMethod,
		"OAuth", "SDK", "ManagedIdentity", "WorkloadIdentity"); err != nil {
		return err
	}
	if c.AuthenticationMethod == "OAuth" {
		if err := required("azure", "tenant_id", c.TenantID, "client_id", c.ClientID,
			"client_secret", string(c.ClientSecret)); err != nil {
			return err
		}
	}
	return c.HTTPClientConfig.Validate()
}
