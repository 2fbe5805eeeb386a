package discovery

import (
	"net/url"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type dockerConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig   config.HTTPClientConfig `yaml:",inline"`
	Host               string                  `yaml:"host"`
	Port               int                     `yaml:"port"`
	Filters            []mobyFilter            `yaml:"filters"`
	HostNetworkingHost string                  `yaml:"host_networking_host"`
	RefreshInterval    model.Duration          `yaml:"refresh_interval"`
	MatchFirstNetwork  bool                    `yaml:"match_first_network"`
}

func (*dockerConfig) Name() string { return "docker" }

func (c *dockerConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = dockerConfig{
		Port:               80,
		RefreshInterval:    minute,
		Filters:            []mobyFilter{},
		HostNetworkingHost: "localhost",
		MatchFirstNetwork:  true,
		HTTPClientConfig:   config.DefaultHTTPClientConfig,
	}
	type plain dockerConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("docker", "host", c.Host); err != nil {
		return err
	}
	if _, err := url.Parse(c.Host); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}

type dockerswarmConfig struct {
	inert `yaml:"-"`

	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	Host             string                  `yaml:"host"`
	Role             string                  `yaml:"role"`
	Port             int                     `yaml:"port"`
	Filters          []mobyFilter            `yaml:"filters"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
}

func (*dockerswarmConfig) Name() string { return "dockerswarm" }

func (c *dockerswarmConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = dockerswarmConfig{
		Port:             80,
		RefreshInterval:  minute,
		Filters:          []mobyFilter{},
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain dockerswarmConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("dockerswarm", "host", c.Host); err != nil {
		return err
	}
	if _, err := url.Parse(c.Host); err != nil {
		return err
	}
	if err := oneOf("dockerswarm", "role", c.Role, "services", "nodes", "tasks"); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}

type mobyFilter struct {
	Name   string   `yaml:"name"`
	Values []string `yaml:"values"`
}
