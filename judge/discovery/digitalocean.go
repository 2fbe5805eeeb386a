package discovery

import (
	"net/http"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type digitaloceanConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
	Port             int                     `yaml:"port"`
	Role             string                  `yaml:"role"`

	// The real one has this for its tests, but exported, which makes it a key that
	// Prometheus accepts. Its type was not made to be read from YAML: loading a
	// configuration has to recover from what the YAML library says of it.
	HTTPClient *http.Client `yaml:"httpclient"`
}

func (*digitaloceanConfig) Name() string { return "digitalocean" }

func (c *digitaloceanConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = digitaloceanConfig{
		Port:             80,
		RefreshInterval:  minute,
		Role:             "droplets",
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain digitaloceanConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := oneOf("digitalocean", "role", c.Role, "droplets", "databases"); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}
