package discovery

import (
	"net/url"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type eurekaConfig struct {
	inert `yaml:"-"`

	Server           string                  `yaml:"server,omitempty"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval,omitempty"`
}

func (*eurekaConfig) Name() string { return "eureka" }

func (c *eurekaConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = eurekaConfig{
		RefreshInterval:  minute / 2,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain eurekaConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	server, err := url.Parse(c.Server)
	if err != nil {
		return err
	}
	if server.Scheme == "" || server.Host == "" {
		return mistake("eureka", "server is %q, but must be a URL with scheme and host", c.Server)
	}
	return c.HTTPClientConfig.Validate()
}
