package alertmanager

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/promconfig"
)

// unknownKeys are the keys of Alertmanager's configuration (v0.35.0), by the kind of the section that they are in, that the
// operator's own types do not have (v0.93.0, pkg/alertmanager/types.go). It reads the Secret strictly. A test in test/parity
// compares the types.
var unknownKeys = map[string][]string{
	"config":             {"event_recorder", "tracing"},
	"route":              {"labels"},
	"inhibit_rules":      {"name"},
	"receivers":          {"labels"},
	"discord_configs":    {"webhook_url_file"},
	"incidentio_configs": {"metadata"},
	"mattermost_configs": {"type"},
	"msteams_configs":    {"webhook_url_file"},
	"rocketchat_configs": {"message_text"},
	"slack_configs":      {"post_updates_to_thread"},
	"telegram_configs":   {"timeout"},
	"actions":            {"imageurl", "iswebview", "msginchatwindow", "msgprocessingtype", "webviewheightratio"},
	"sigv4":              {"service_name", "session_name", "tags", "use_fips_sts_endpoint"},
	"authorization":      {"credentials_ref"},
	"basic_auth":         {"password_ref", "username_file", "username_ref"},
	"oauth2": {
		"audience", "claims", "client_certificate_key", "client_certificate_key_file", "client_certificate_key_id", "client_certificate_key_ref",
		"client_secret_ref", "grant_type", "iss", "signature_algorithm",
	},
	"tls_config": {"ca", "ca_ref", "cert", "cert_ref", "key", "key_ref"},
}

// freeForm are the keys of sections whose keys the user chooses.
var freeForm = []string{"payload", "fields", "custom_fields", "details", "headers", "http_headers", "attributes", "labels"}

// KnownToOperator reports whether the operator's types have a key of Alertmanager's configuration. The section is the key that
// leads to it, and "config" for the whole.
func KnownToOperator(section, key string) bool {
	return !slices.Contains(unknownKeys[kindOf(section)], key)
}

// refuseUnknown adds a failure for each key that keeps the operator from reading the configuration.
func (g *Generator) refuseUnknown(base *Base) {
	var said []string
	var walk func(section string, value any)
	walk = func(section string, value any) {
		switch v := value.(type) {
		case yaml.MapSlice:
			for _, item := range v {
				key, _ := item.Key.(string)
				if KnownToOperator(section, key) {
					if !slices.Contains(freeForm, key) {
						walk(key, item.Value)
					}
					continue
				}
				reason := fmt.Sprintf("the operator writes no configuration, for any object: it does not know the key %s in %s of Secret %s/%s", key, section, g.object.Namespace, g.ConfigSecret())
				if !slices.Contains(said, reason) {
					said = append(said, reason)
					base.Failures = append(base.Failures, promconfig.Rejection{Field: configField, Reason: reason})
				}
			}
		case []yaml.MapSlice:
			for _, entry := range v {
				walk(section, entry)
			}
		}
	}
	walk("config", base.Fields)
}
