package discovery

import (
	"net/url"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type puppetdbConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig  config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval   model.Duration          `yaml:"refresh_interval,omitempty"`
	URL               string                  `yaml:"url"`
	Query             string                  `yaml:"query"`
	IncludeParameters bool                    `yaml:"include_parameters"`
	Port              int                     `yaml:"port"`
}

func (*puppetdbConfig) Name() string { return "puppetdb" }

func (c *puppetdbConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = puppetdbConfig{
		Port:             80,
		RefreshInterval:  minute,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain puppetdbConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("puppetdb", "url", c.URL, "query", c.Query); err != nil {
		return err
	}
	server, err := url.Parse(c.URL)
	if err != nil {
		return err
	}
	if err := oneOf("puppetdb", "the scheme of url", server.Scheme, "http", "https"); err != nil {
		return err
	}
	if server.Host == "" {
		return mistake("puppetdb", "url has no host")
	}
	return c.HTTPClientConfig.Validate()
}
