package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type ovhcloudConfig struct {
	inert `yaml:"-"`

	Endpoint          string         `yaml:"endpoint"`
	ApplicationKey    string         `yaml:"application_key"`
	ApplicationSecret config.Secret  `yaml:"application_secret"`
	ConsumerKey       config.Secret  `yaml:"consumer_key"`
	RefreshInterval   model.Duration `yaml:"refresh_interval"`
	Service           string         `yaml:"service"`
}

func (*ovhcloudConfig) Name() string { return "ovhcloud" }

func (c *ovhcloudConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = ovhcloudConfig{
		Endpoint:        "ovh-eu",
		RefreshInterval: minute,
	}
	type plain ovhcloudConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := required("ovhcloud", "endpoint", c.Endpoint, "application_key", c.ApplicationKey,
		"application_secret", string(c.ApplicationSecret), "consumer_key", string(c.ConsumerKey)); err != nil {
		return err
	}
	return oneOf("ovhcloud", "service", c.Service, "dedicated_server", "vps")
}
