package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type openstackConfig struct {
	inert `yaml:"-"`

	IdentityEndpoint            string           `yaml:"identity_endpoint"`
	Username                    string           `yaml:"username"`
	UserID                      string           `yaml:"userid"`
	Password                    config.Secret    `yaml:"password"`
	ProjectName                 string           `yaml:"project_name"`
	ProjectID                   string           `yaml:"project_id"`
	DomainName                  string           `yaml:"domain_name"`
	DomainID                    string           `yaml:"domain_id"`
	ApplicationCredentialName   string           `yaml:"application_credential_name"`
	ApplicationCredentialID     string           `yaml:"application_credential_id"`
	ApplicationCredentialSecret config.Secret    `yaml:"application_credential_secret"`
	Role                        string           `yaml:"role"`
	Region                      string           `yaml:"region"`
	RefreshInterval             model.Duration   `yaml:"refresh_interval"`
	Port                        int              `yaml:"port"`
	AllTenants                  bool             `yaml:"all_tenants,omitempty"`
	TLSConfig                   config.TLSConfig `yaml:"tls_config,omitempty"`
	Availability                string           `yaml:"availability,omitempty"`
}

func (*openstackConfig) Name() string { return "openstack" }

func (c *openstackConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = openstackConfig{
		Port:            80,
		RefreshInterval: minute,
		Availability:    "public",
	}
	type plain openstackConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if err := oneOf("openstack", "availability", c.Availability, "public", "internal", "admin"); err != nil {
		return err
	}
	if err := oneOf("openstack", "role", c.Role, "hypervisor", "instance", "loadbalancer"); err != nil {
		return err
	}
	return required("openstack", "region", c.Region)
}
