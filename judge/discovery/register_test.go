package discovery

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/discovery"
	"go.yaml.in/yaml/v2"
)

func TestRegister(t *testing.T) {
	const section = "ec2_sd_configs: [{region: eu-west-1}]"
	var configs discovery.Configs
	if err := yaml.UnmarshalStrict([]byte(section), &configs); err == nil {
		t.Fatal("the section was accepted before its kind was registered, so that the test proves nothing")
	}
	Register()
	Register() // the second call must not panic
	if err := yaml.UnmarshalStrict([]byte(section), &configs); err != nil {
		t.Fatal(err)
	}
	if len(configs) != 1 || configs[0].Name() != "ec2" {
		t.Fatalf("%s was read as %v", section, configs)
	}
	if _, err := configs[0].NewDiscoverer(discovery.DiscovererOptions{}); err == nil {
		t.Error("a stub creates a discoverer")
	}
	if metrics := configs[0].NewDiscovererMetrics(nil, nil); metrics.Register() != nil {
		t.Error("the metrics of a stub cannot be registered")
	}
}

// TestMessages: messages are shown to users, who look for the section and the key.
func TestMessages(t *testing.T) {
	Register()
	for text, want := range map[string]string{
		"gce_sd_configs: [{project: a}]":                      "gce_sd_configs: zone is missing",
		"hetzner_sd_configs: [{role: moon}]":                  `hetzner_sd_configs: role is "moon", but must be one of robot, hcloud`,
		"rds_sd_configs: [{request_concurrency: 0}]":          "rds_sd_configs: request_concurrency is 0, but must be positive",
		"uyuni_sd_configs: [{}]":                              "uyuni_sd_configs: server is missing",
		"vultr_sd_configs: [{prot: 80}]":                      "field prot not found",
		"vultr_sd_configs: [{port: [80]}]":                    "cannot unmarshal !!seq into int",
		"vultr_sd_configs: [{bearer_token: a, basic_auth: }]": "",
	} {
		var configs discovery.Configs
		err := yaml.UnmarshalStrict([]byte(text), &configs)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got error %v, want %q", text, err, want)
		}
	}
}
