package judge

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/dialect"
)

// TestUnknown: a field is looked for in the section that it is in.
func TestUnknown(t *testing.T) {
	for name, tc := range map[string]struct {
		text    string
		version dialect.Version
		want    string
	}{
		"Job":          {"scrape_configs: [{job_name: a, scrape_protocols: [b]}]", dialect.Version{2, 48}, "scrape_protocols needs Prometheus 2.49"},
		"KnownInJob":   {"scrape_configs: [{job_name: a, scrape_protocols: [b]}]", dialect.Version{2, 49}, ""},
		"Removed":      {"scrape_configs: [{scrape_classic_histograms: true}]", dialect.Version{3, 1}, "scrape_classic_histograms"},
		"Client":       {"alerting: {alertmanagers: [{no_proxy: a}]}", dialect.Version{2, 42}, "no_proxy"},
		"TLS":          {"remote_write: [{tls_config: {max_version: TLS12}}]", dialect.Version{2, 40}, "max_version"},
		"Discovery":    {"scrape_configs: [{consul_sd_configs: [{filter: a}]}]", dialect.Version{2, 55}, "filter"},
		"OtherSection": {"scrape_configs: [{params: {filter: [a], scrape_protocols: [b]}}]", dialect.Version{2, 37}, ""},
		"Nested":       {"remote_write: [{sigv4: {use_fips_sts_endpoint: true}}]", dialect.Version{3, 0}, "use_fips_sts_endpoint needs Prometheus 3.1"},
		"Section":      {"runtime: {gogc: 50}", dialect.Version{2, 52}, "runtime"},
		"Storage":      {"storage: {tsdb: {retention: {time: 1d}}}", dialect.Version{3, 7}, "retention"},
	} {
		var whole yaml.MapSlice
		if err := yaml.Unmarshal([]byte(tc.text), &whole); err != nil {
			t.Fatal(err)
		}
		err := unknownIn("", whole, tc.version)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}
