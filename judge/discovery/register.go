package discovery

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery"
)

// All returns an empty configuration of each kind.
func All() []discovery.Config {
	return []discovery.Config{
		&awsConfig{},
		&azureConfig{},
		&digitaloceanConfig{},
		&dockerConfig{},
		&dockerswarmConfig{},
		&ec2Config{},
		&ecsConfig{},
		&elasticacheConfig{},
		&eurekaConfig{},
		&gceConfig{},
		&hetznerConfig{},
		&ionosConfig{},
		&kumaConfig{},
		&lightsailConfig{},
		&linodeConfig{},
		&marathonConfig{},
		&mskConfig{},
		&nerveConfig{},
		&nomadConfig{},
		&ociConfig{},
		&openstackConfig{},
		&outscaleConfig{},
		&ovhcloudConfig{},
		&puppetdbConfig{},
		&rdsConfig{},
		&scalewayConfig{},
		&serversetConfig{},
		&stackitConfig{},
		&tritonConfig{},
		&uyuniConfig{},
		&vultrConfig{},
	}
}

// Once, because a name can be registered only once.
var register = sync.OnceFunc(func() {
	for _, kind := range All() {
		discovery.RegisterConfig(kind)
	}
})

// Register makes the loader of Prometheus know all kinds. It must not be called in a
// program that links the real types, and not while a configuration is being loaded.
func Register() {
	register()
}

// inert is the part of a discovery.Config that has nothing to do with loading it.
type inert struct{}

func (inert) NewDiscoverer(discovery.DiscovererOptions) (discovery.Discoverer, error) {
	return nil, errors.New("this type is only there to load a configuration, the discovery itself is not linked")
}

func (inert) NewDiscovererMetrics(prometheus.Registerer, discovery.RefreshMetricsInstantiator) discovery.DiscovererMetrics {
	return &discovery.NoopDiscovererMetrics{}
}

// minute is how often most kinds refresh their targets unless told otherwise.
const minute = model.Duration(time.Minute)

// required returns an error about the first key without a value. Keys and values alternate.
func required(kind string, keysAndValues ...string) error {
	for pair := range slices.Chunk(keysAndValues, 2) {
		if pair[1] == "" {
			return mistake(kind, "%s is missing", pair[0])
		}
	}
	return nil
}

func oneOf(kind, key, value string, known ...string) error {
	if !slices.Contains(known, value) {
		return mistake(kind, "%s is %q, but must be one of %s", key, value, strings.Join(known, ", "))
	}
	return nil
}

func exactlyOneSecretKey(kind string, key config.Secret, file string) error {
	if key == "" && file == "" {
		return mistake(kind, "secret_key or secret_key_file is missing")
	}
	if key != "" && file != "" {
		return mistake(kind, "secret_key and secret_key_file exclude each other")
	}
	return nil
}

func mistake(kind, format string, args ...any) error {
	return fmt.Errorf(kind+"_sd_configs: "+format, args...)
}
