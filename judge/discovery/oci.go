package discovery

import (
	"slices"

	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type ociConfig struct {
	inert `yaml:"-"`

	Auth              string                  `yaml:"auth,omitempty"`
	Tenancy           string                  `yaml:"tenancy,omitempty"`
	User              string                  `yaml:"user,omitempty"`
	Fingerprint       string                  `yaml:"fingerprint,omitempty"`
	KeyFile           string                  `yaml:"key_file,omitempty"`
	KeyPassphrase     config.Secret           `yaml:"key_passphrase,omitempty"`
	KeyPassphraseFile string                  `yaml:"key_passphrase_file,omitempty"`
	Region            string                  `yaml:"region"`
	Compartments      []string                `yaml:"compartments,omitempty"`
	HTTPClientConfig  config.HTTPClientConfig `yaml:",inline"`
	Port              int                     `yaml:"port"`
	RefreshInterval   model.Duration          `yaml:"refresh_interval"`
}

func (*ociConfig) Name() string { return "oci" }

func (c *ociConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = ociConfig{
		Port:             80,
		RefreshInterval:  minute,
		Auth:             "api_key",
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain ociConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := c.validateAuth(); err != nil {
		return err
	}
	if err := required("oci", "region", c.Region); err != nil {
		return err
	}
	if slices.Contains(c.Compartments, "") {
		return mistake("oci", "one of compartments is empty")
	}
	if c.RefreshInterval <= 0 {
		return mistake("oci", "refresh_interval must be positive")
	}
	return c.HTTPClientConfig.Validate()
}

func (c *ociConfig) validateAuth() error {
	switch c.Auth {
	case "api_key":
		if c.KeyPassphrase != "" && c.KeyPassphraseFile != "" {
			return mistake("oci", "key_passphrase and key_passphrase_file exclude each other")
		}
		return required("oci", "tenancy", c.Tenancy, "user", c.User, "fingerprint", c.Fingerprint, "key_file", c.KeyFile)
	case "instance_principal":
		if c.Tenancy+c.User+c.Fingerprint+c.KeyFile+string(c.KeyPassphrase)+c.KeyPassphraseFile != "" {
			return mistake("oci", "auth instance_principal excludes tenancy, user, fingerprint, key_file, "+
				"key_passphrase and key_passphrase_file")
		}
	}
	return oneOf("oci", "auth", c.Auth, "api_key", "instance_principal")
}
