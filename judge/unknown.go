package judge

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/dialect"
)

// unknown refuses the fields that the Prometheus does not know: those that the user wrote by hand, and those
// that the operator writes too early.
func (j *Judge) unknown(whole yaml.MapSlice) error {
	version := dialect.VersionOf(j.g.SemVer())
	if !version.Before(dialect.Latest()) {
		return nil
	}
	return unknownIn("", whole, version)
}

// unknownIn looks at a section, and at those in it. The section of the whole configuration has no name.
func unknownIn(section string, value any, version dialect.Version) error {
	m, ok := value.(yaml.MapSlice)
	if !ok {
		for _, entry := range entriesOf(value) {
			if err := unknownIn(section, entry, version); err != nil {
				return err
			}
		}
		return nil
	}
	for _, item := range m {
		field, ok := item.Key.(string)
		if !ok {
			continue
		}
		if c := dialect.FindField(section, field); c != nil && !c.Known(version) {
			return fmt.Errorf("the field %s %s, and this one is %s", field, c.Needs(), version)
		}
		if inner := sectionIn(section, field); inner != "" {
			if err := unknownIn(inner, item.Value, version); err != nil {
				return err
			}
		}
	}
	return nil
}

// sectionIn returns the section that a field of a section holds, as the table of package dialect calls it. It is
// empty if the field holds none.
func sectionIn(section, field string) string {
	switch field {
	case "tls_config", "oauth2", "basic_auth", "authorization", "sigv4":
		return field
	}
	if isRelabelings(field) {
		return "relabel_configs"
	}
	if strings.HasSuffix(field, "_sd_configs") || section == "" && topLevel[field] {
		return field
	}
	return nested[[2]string{section, field}]
}

// topLevel are the sections of the whole configuration.
var topLevel = map[string]bool{
	"global": true, "runtime": true, "scrape_configs": true, "storage": true, "alerting": true, "remote_write": true, "remote_read": true, "tracing": true, "otlp": true,
}

// nested are the sections that one kind of section has, by section and field.
var nested = map[[2]string]string{
	{"alerting", "alertmanagers"}:                "alerting.alertmanagers",
	{"storage", "tsdb"}:                          "storage.tsdb",
	{"remote_write", "queue_config"}:             "remote_write.queue_config",
	{"remote_write", "metadata_config"}:          "remote_write.metadata_config",
	{"remote_write", "azuread"}:                  "remote_write.azuread",
	{"kubernetes_sd_configs", "attach_metadata"}: "kubernetes_sd_configs.attach_metadata",
}
