package judge

import (
	"fmt"
	"reflect"

	"github.com/prometheus/alertmanager/config"
	commonconfig "github.com/prometheus/common/config"
)

// receiverClients constructs the HTTP clients of the receivers, as Alertmanager does (v0.35.0, config/receiver). If that fails,
// a reload fails.
func receiverClients(c *config.Config) error {
	for _, r := range c.Receivers {
		for _, integrations := range reflect.ValueOf(r).Fields() {
			if integrations.Kind() != reflect.Slice {
				continue
			}
			for i := range integrations.Len() {
				if err := integrationClient(integrations.Index(i)); err != nil {
					return fmt.Errorf("receiver %q: %w", r.Name, err)
				}
			}
		}
	}
	return nil
}

// integrationClient constructs the client of one integration. What it reads from files of the container is not known.
func integrationClient(integration reflect.Value) error {
	settings := reflect.Indirect(integration)
	if settings.Kind() != reflect.Struct {
		return nil
	}
	of := settings.FieldByName("HTTPConfig")
	if !of.IsValid() {
		return nil
	}
	if c, ok := reflect.TypeAssert[*commonconfig.HTTPClientConfig](of); ok && c != nil {
		return client(*c, nil)
	}
	return nil
}
