package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type scalewayConfig struct {
	inert `yaml:"-"`

	Project          string                  `yaml:"project_id"`
	APIURL           string                  `yaml:"api_url,omitempty"`
	Zone             string                  `yaml:"zone"`
	AccessKey        string                  `yaml:"access_key"`
	SecretKey        config.Secret           `yaml:"secret_key"`
	SecretKeyFile    string                  `yaml:"secret_key_file"`
	NameFilter       string                  `yaml:"name_filter,omitempty"`
	TagsFilter       []string                `yaml:"tags_filter,omitempty"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval"`
	Port             int                     `yaml:"port"`
	Role             string                  `yaml:"role"`
}

func (*scalewayConfig) Name() string { return "scaleway" }

func (c *scalewayConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = scalewayConfig{
		Port:             80,
		RefreshInterval:  minute,
		Zone:             "fr-par-1",
		APIURL:           "https://api.scaleway.com",
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain scalewayConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := oneOf("scaleway", "role", c.Role, "instance", "baremetal"); err != nil {
		return err
	}
	if err := required("scaleway", "project_id", c.Project, "access_key", c.AccessKey,
		"zone", c.Zone, "api_url", c.APIURL); err != nil {
		return err
	}
	if err := exactlyOneSecretKey("scaleway", c.SecretKey, c.SecretKeyFile); err != nil {
		return err
	}
	// The real one goes on to ask the vendor's SDK about the form of the values.
	return c.HTTPClientConfig.Validate()
}
