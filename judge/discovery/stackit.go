package discovery

import (
	"net/url"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type stackitConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig      config.HTTPClientConfig `yaml:",inline"`
	Project               string                  `yaml:"project"`
	RefreshInterval       model.Duration          `yaml:"refresh_interval,omitempty"`
	Port                  int                     `yaml:"port,omitempty"`
	Region                string                  `yaml:"region,omitempty"`
	Endpoint              string                  `yaml:"endpoint,omitempty"`
	ServiceAccountKey     config.Secret           `yaml:"service_account_key,omitempty"`
	PrivateKey            config.Secret           `yaml:"private_key,omitempty"`
	ServiceAccountKeyPath string                  `yaml:"service_account_key_path,omitempty"`
	PrivateKeyPath        string                  `yaml:"private_key_path,omitempty"`
	CredentialsFilePath   string                  `yaml:"credentials_file_path,omitempty"`
}

func (*stackitConfig) Name() string { return "stackit" }

func (c *stackitConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = stackitConfig{
		Port:             80,
		RefreshInterval:  minute,
		Region:           "eu01",
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain stackitConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if c.Endpoint == "" && c.Region == "" {
		return mistake("stackit", "endpoint and region are missing")
	}
	if _, err := url.Parse(c.Endpoint); err != nil {
		return mistake("stackit", "endpoint: %w", err)
	}
	return c.HTTPClientConfig.Validate()
}
