package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type marathonConfig struct {
	inert `yaml:"-"`

	Servers          []string                `yaml:"servers,omitempty"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval,omitempty"`
	AuthToken        config.Secret           `yaml:"auth_token,omitempty"`
	AuthTokenFile    string                  `yaml:"auth_token_file,omitempty"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
}

func (*marathonConfig) Name() string { return "marathon" }

func (c *marathonConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = marathonConfig{
		RefreshInterval:  minute / 2,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
	type plain marathonConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	if len(c.Servers) == 0 {
		return mistake("marathon", "servers is missing")
	}
	if c.AuthToken != "" && c.AuthTokenFile != "" {
		return mistake("marathon", "auth_token and auth_token_file exclude each other")
	}
	// Not OAuth2, which the real one lets through.
	client := &c.HTTPClientConfig
	if (c.AuthToken != "" || c.AuthTokenFile != "") && (client.BasicAuth != nil || client.Authorization != nil ||
		client.BearerToken != "" || client.BearerTokenFile != "") {
		return mistake("marathon", "auth_token and auth_token_file exclude basic_auth, authorization, "+
			"bearer_token and bearer_token_file")
	}
	return c.HTTPClientConfig.Validate()
}
