package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type vultrConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
	Port             int                     `yaml:"port"`
}

func (*vultrConfig) Name() string { return "vultr" }

func (c *vultrConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = vultrConfig{
		Port:             80,
		RefreshInterval:  minute,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain vultrConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}
