package discovery

import (
	"github.com/prometheus/common/model"
)

type gceConfig struct {
	inert `yaml:"-"`

	Project         string         `yaml:"project"`
	Zone            string         `yaml:"zone"`
	Filter          string         `yaml:"filter,omitempty"`
	RefreshInterval model.Duration `yaml:"refresh_interval,omitempty"`
	Port            int            `yaml:"port"`
	TagSeparator    string         `yaml:"tag_separator,omitempty"`
}

func (*gceConfig) Name() string { return "gce" }

func (c *gceConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = gceConfig{
		Port:            80,
		RefreshInterval: minute,
		TagSeparator:    ",",
	}
	type plain gceConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return required("gce", "project", c.Project, "zone", c.Zone)
}
