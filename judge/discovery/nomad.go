package discovery

import (
	"strings"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type nomadConfig struct {
	inert `yaml:"-"`

	AllowStale       bool                    `yaml:"allow_stale"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	Namespace        string                  `yaml:"namespace"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
	Region           string                  `yaml:"region"`
	Server           string                  `yaml:"server"`
	TagSeparator     string                  `yaml:"tag_separator,omitempty"`
}

func (*nomadConfig) Name() string { return "nomad" }

func (c *nomadConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = nomadConfig{
		AllowStale:       true,
		Namespace:        "default",
		RefreshInterval:  minute,
		Region:           "global",
		Server:           "http://localhost:4646",
		TagSeparator:     ",",
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain nomadConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("nomad", "server", strings.TrimSpace(c.Server)); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}
