package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type hetznerConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
	Port             int                     `yaml:"port"`
	Role             string                  `yaml:"role"`
	LabelSelector    string                  `yaml:"label_selector,omitempty"`
}

func (*hetznerConfig) Name() string { return "hetzner" }

func (c *hetznerConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = hetznerConfig{
		Port:             80,
		RefreshInterval:  minute,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain hetznerConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := oneOf("hetzner", "role", c.Role, "robot", "hcloud"); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}
