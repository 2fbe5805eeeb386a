package judge

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v2"
)

// TestLegacyLabels: names are checked wherever the configuration of a Prometheus 2 has a label
// name, including hand-written configurations.
func TestLegacyLabels(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"SourceLabel":   {"scrape_configs: [{relabel_configs: [{source_labels: [a, b.c]}]}]", `"b.c"`},
		"StaticLabel":   {"scrape_configs: [{static_configs: [{targets: [x], labels: {d.e: v}}]}]", `"d.e"`},
		"TargetLabel":   {"scrape_configs: [{relabel_configs: [{source_labels: [a], target_label: b.c}]}]", ""}, // the loader's
		"ARegexIsNone":  {"scrape_configs: [{relabel_configs: [{action: labeldrop, regex: a.b}]}]", ""},
		"ALabelOfOld":   {"scrape_configs: [{relabel_configs: [{source_labels: [__meta_a, _b9]}]}]", ""},
		"AlertRelabels": {"alerting: {alert_relabel_configs: [{source_labels: [ä]}]}", `"ä"`},
	} {
		var sections yaml.MapSlice
		if err := yaml.Unmarshal([]byte(tc.text), &sections); err != nil {
			t.Fatal(err)
		}
		err := legacyLabels(sections)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}
