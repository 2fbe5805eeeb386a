package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type linodeConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
	Port             int                     `yaml:"port"`
	TagSeparator     string                  `yaml:"tag_separator,omitempty"`
	Region           string                  `yaml:"region,omitempty"`
}

func (*linodeConfig) Name() string { return "linode" }

func (c *linodeConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = linodeConfig{
		Port:             80,
		RefreshInterval:  minute,
		TagSeparator:     ",",
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain linodeConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}
