package discovery

import (
	"net/url"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type uyuniConfig struct {
	inert `yaml:"-"`

	Server           string                  `yaml:"server"`
	Username         string                  `yaml:"username"`
	Password         config.Secret           `yaml:"password"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	Entitlement      string                  `yaml:"entitlement,omitempty"`
	Separator        string                  `yaml:"separator,omitempty"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval,omitempty"`
}

func (*uyuniConfig) Name() string { return "uyuni" }

func (c *uyuniConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = uyuniConfig{
		Entitlement:      "monitoring_entitled",
		Separator:        ",",
		RefreshInterval:  minute,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain uyuniConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("uyuni", "server", c.Server, "username", c.Username,
		"password", string(c.Password)); err != nil {
		return err
	}
	if _, err := url.Parse(c.Server); err != nil {
		return mistake("uyuni", "server: %w", err)
	}
	return c.HTTPClientConfig.Validate()
}
