package discovery

import (
	"net/url"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type kumaConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval,omitempty"`
	FetchTimeout     model.Duration          `yaml:"fetch_timeout,omitempty"`
	Server           string                  `yaml:"server,omitempty"`
	ClientID         string                  `yaml:"client_id,omitempty"`
}

func (*kumaConfig) Name() string { return "kuma" }

func (c *kumaConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = kumaConfig{
		RefreshInterval:  minute / 4,
		FetchTimeout:     2 * minute,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain kumaConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	server, err := url.Parse(c.Server)
	if err != nil {
		return err
	}
	if server.Scheme == "" || server.Host == "" {
		return mistake("kuma", "server is %q, but must be a URL with scheme and host", c.Server)
	}
	return c.HTTPClientConfig.Validate()
}
