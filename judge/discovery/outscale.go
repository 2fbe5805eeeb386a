package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type outscaleConfig struct {
	inert `yaml:"-"`

	Endpoint         string                  `yaml:"endpoint,omitempty"`
	Region           string                  `yaml:"region"`
	AccessKey        string                  `yaml:"access_key"`
	SecretKey        config.Secret           `yaml:"secret_key"`
	SecretKeyFile    string                  `yaml:"secret_key_file"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval,omitempty"`
	Port             int                     `yaml:"port"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
}

func (*outscaleConfig) Name() string { return "outscale" }

func (c *outscaleConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = outscaleConfig{
		Port:             80,
		RefreshInterval:  minute,
		Region:           "eu-west-2",
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain outscaleConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("outscale", "region", c.Region, "access_key", c.AccessKey); err != nil {
		return err
	}
	if err := exactlyOneSecretKey("outscale", c.SecretKey, c.SecretKeyFile); err != nil {
		return err
	}
	if c.Endpoint == "" {
		c.Endpoint = "https://api." + c.Region + ".outscale.com/api/v1"
	}
	return c.HTTPClientConfig.Validate()
}
