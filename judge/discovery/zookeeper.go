package discovery

import (
	"strings"

	"github.com/prometheus/common/model"
)

type serversetConfig struct {
	inert `yaml:"-"`

	Servers []string       `yaml:"servers"`
	Paths   []string       `yaml:"paths"`
	Timeout model.Duration `yaml:"timeout,omitempty"`
}

func (*serversetConfig) Name() string { return "serverset" }

func (c *serversetConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = serversetConfig{
		Timeout: minute / 6,
	}
	type plain serversetConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return validateZookeeper("serverset", c.Servers, c.Paths)
}

type nerveConfig struct {
	inert `yaml:"-"`

	Servers []string       `yaml:"servers"`
	Paths   []string       `yaml:"paths"`
	Timeout model.Duration `yaml:"timeout,omitempty"`
}

func (*nerveConfig) Name() string { return "nerve" }

func (c *nerveConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = nerveConfig{
		Timeout: minute / 6,
	}
	type plain nerveConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return validateZookeeper("nerve", c.Servers, c.Paths)
}

func validateZookeeper(kind string, servers, paths []string) error {
	if len(servers) == 0 {
		return mistake(kind, "servers is missing")
	}
	if len(paths) == 0 {
		return mistake(kind, "paths is missing")
	}
	for _, path := range paths {
		if !strings.HasPrefix(path, "/") {
			return mistake(kind, "path %q does not begin with /", path)
		}
	}
	return nil
}
