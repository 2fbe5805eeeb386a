package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type tritonConfig struct {
	inert `yaml:"-"`

	Account         string           `yaml:"account"`
	Role            string           `yaml:"role"`
	DNSSuffix       string           `yaml:"dns_suffix"`
	Endpoint        string           `yaml:"endpoint"`
	Groups          []string         `yaml:"groups,omitempty"`
	Port            int              `yaml:"port"`
	RefreshInterval model.Duration   `yaml:"refresh_interval,omitempty"`
	TLSConfig       config.TLSConfig `yaml:"tls_config,omitempty"`
	Version         int              `yaml:"version"`
}

func (*tritonConfig) Name() string { return "triton" }

func (c *tritonConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = tritonConfig{
		Role:            "container",
		Port:            9163,
		RefreshInterval: minute,
		Version:         1,
	}
	type plain tritonConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := oneOf("triton", "role", c.Role, "container", "cn"); err != nil {
		return err
	}
	if c.RefreshInterval <= 0 {
		return mistake("triton", "refresh_interval must be positive")
	}
	return required("triton", "account", c.Account, "dns_suffix", c.DNSSuffix, "endpoint", c.Endpoint)
}
