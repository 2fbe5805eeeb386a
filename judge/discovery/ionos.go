package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type ionosConfig struct {
	inert `yaml:"-"`

	DatacenterID     string                  `yaml:"datacenter_id"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
	Port             int                     `yaml:"port"`
}

func (*ionosConfig) Name() string { return "ionos" }

func (c *ionosConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = ionosConfig{
		Port:             80,
		RefreshInterval:  minute,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain ionosConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("ionos", "datacenter_id", c.DatacenterID); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}
