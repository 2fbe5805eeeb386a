package discovery

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

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
	if err := c.checkForms(); err != nil {
		return err
	}
	return c.HTTPClientConfig.Validate()
}

var (
	scalewayKey  = regexp.MustCompile(`^SCW[A-Z0-9]{17}$`)
	scalewayZone = regexp.MustCompile(`^[a-z]{2}-[a-z]{3,7}-[0-9]{1,2}$`)
	uuid         = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// checkForms says what the vendor's SDK (v1.39) says of the values: Prometheus makes a
// client while it loads, and refuses the whole configuration without one. A secret
// that was not read begins with a zero byte, and passes.
func (c *scalewayConfig) checkForms() error {
	if !scalewayKey.MatchString(c.AccessKey) {
		return errors.New("scaleway_sd_configs: access key must be SCW and 17 capital letters or digits")
	}
	secret := string(c.SecretKey)
	if secret != "" && secret[0] != 0 && !uuid.MatchString(secret) {
		return errors.New("scaleway_sd_configs: secret key is not a UUID")
	}
	if !uuid.MatchString(c.Project) {
		return errors.New("scaleway_sd_configs: project_id is not a UUID")
	}
	if !scalewayZone.MatchString(c.Zone) {
		return fmt.Errorf("scaleway_sd_configs: zone %q is not of the form fr-par-1", c.Zone)
	}
	if _, err := url.Parse(c.APIURL); err != nil {
		return fmt.Errorf("scaleway_sd_configs: api_url: %w", err)
	}
	if strings.HasSuffix(c.APIURL, "/") {
		return errors.New("scaleway_sd_configs: api_url must not end in a slash")
	}
	return nil
}
