package discovery

import (
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
)

type awsFilter struct {
	Name   string   `yaml:"name"`
	Values []string `yaml:"values"`
}

// awsService has the keys that the kinds for one service of AWS share.
type awsService struct {
	Region           string                  `yaml:"region"`
	Endpoint         string                  `yaml:"endpoint"`
	AccessKey        string                  `yaml:"access_key,omitempty"`
	SecretKey        config.Secret           `yaml:"secret_key,omitempty"`
	Profile          string                  `yaml:"profile,omitempty"`
	RoleARN          string                  `yaml:"role_arn,omitempty"`
	ExternalID       string                  `yaml:"external_id,omitempty"`
	Port             int                     `yaml:"port"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval,omitempty"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
}

func newAWSService() awsService {
	return awsService{
		Port:             80,
		RefreshInterval:  minute,
		HTTPClientConfig: config.DefaultHTTPClientConfig,
	}
}

func (s *awsService) validate(kind string, requestConcurrency int) error {
	if requestConcurrency <= 0 {
		return mistake(kind, "request_concurrency is %d, but must be positive", requestConcurrency)
	}
	return s.HTTPClientConfig.Validate()
}

// awsConfig is the kind for all services, one of which its role tells.
type awsConfig struct {
	inert `yaml:"-"`

	Role             string                  `yaml:"role"`
	Region           string                  `yaml:"region,omitempty"`
	Endpoint         string                  `yaml:"endpoint,omitempty"`
	AccessKey        string                  `yaml:"access_key,omitempty"`
	SecretKey        config.Secret           `yaml:"secret_key,omitempty"`
	Profile          string                  `yaml:"profile,omitempty"`
	RoleARN          string                  `yaml:"role_arn,omitempty"`
	ExternalID       string                  `yaml:"external_id,omitempty"`
	RefreshInterval  model.Duration          `yaml:"refresh_interval,omitempty"`
	Port             int                     `yaml:"port,omitempty"`
	HTTPClientConfig config.HTTPClientConfig `yaml:",inline"`
	Filters          []*awsFilter            `yaml:"filters,omitempty"`
	Clusters         []string                `yaml:"clusters,omitempty"`
}

func (*awsConfig) Name() string { return "aws" }

// UnmarshalYAML neither sets defaults nor validates the HTTP client, nor the filters,
// since the real one does not.
func (c *awsConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = awsConfig{}
	type plain awsConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return oneOf("aws", "role", c.Role, "ec2", "ecs", "elasticache", "lightsail", "msk", "rds")
}

type ec2Config struct {
	inert `yaml:"-"`

	Service awsService   `yaml:",inline"`
	Filters []*awsFilter `yaml:"filters"`
}

func (*ec2Config) Name() string { return "ec2" }

func (c *ec2Config) UnmarshalYAML(unmarshal func(any) error) error {
	*c = ec2Config{Service: newAWSService()}
	type plain ec2Config
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	for _, filter := range c.Filters {
		// The real one looks for the values in each entry, whether there is one or not.
		if filter == nil || len(filter.Values) == 0 {
			return mistake("ec2", "a filter has no values")
		}
	}
	return c.Service.HTTPClientConfig.Validate()
}

type ecsConfig struct {
	inert `yaml:"-"`

	Service            awsService `yaml:",inline"`
	Clusters           []string   `yaml:"clusters,omitempty"`
	RequestConcurrency int        `yaml:"request_concurrency,omitempty"`
}

func (*ecsConfig) Name() string { return "ecs" }

func (c *ecsConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = ecsConfig{Service: newAWSService(), RequestConcurrency: 20}
	type plain ecsConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return c.Service.validate("ecs", c.RequestConcurrency)
}

type elasticacheConfig struct {
	inert `yaml:"-"`

	Service            awsService `yaml:",inline"`
	Clusters           []string   `yaml:"clusters,omitempty"`
	RequestConcurrency int        `yaml:"request_concurrency,omitempty"`
}

func (*elasticacheConfig) Name() string { return "elasticache" }

func (c *elasticacheConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = elasticacheConfig{Service: newAWSService(), RequestConcurrency: 10}
	type plain elasticacheConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return c.Service.validate("elasticache", c.RequestConcurrency)
}

type lightsailConfig struct {
	inert `yaml:"-"`

	Service awsService `yaml:",inline"`
}

func (*lightsailConfig) Name() string { return "lightsail" }

func (c *lightsailConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = lightsailConfig{Service: newAWSService()}
	type plain lightsailConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return c.Service.HTTPClientConfig.Validate()
}

type mskConfig struct {
	inert `yaml:"-"`

	Service            awsService `yaml:",inline"`
	Clusters           []string   `yaml:"clusters,omitempty"`
	RequestConcurrency int        `yaml:"request_concurrency,omitempty"`
}

func (*mskConfig) Name() string { return "msk" }

func (c *mskConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = mskConfig{Service: newAWSService(), RequestConcurrency: 10}
	type plain mskConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return c.Service.validate("msk", c.RequestConcurrency)
}

type rdsConfig struct {
	inert `yaml:"-"`

	Service            awsService   `yaml:",inline"`
	Clusters           []string     `yaml:"clusters,omitempty"`
	Filters            []*awsFilter `yaml:"filters"`
	RequestConcurrency int          `yaml:"request_concurrency,omitempty"`
}

func (*rdsConfig) Name() string { return "rds" }

func (c *rdsConfig) UnmarshalYAML(unmarshal func(any) error) error {
	*c = rdsConfig{Service: newAWSService(), RequestConcurrency: 10}
	type plain rdsConfig
	if err := unmarshal((*plain)(c)); err != nil {
		return err
	}
	return c.Service.validate("rds", c.RequestConcurrency)
}
