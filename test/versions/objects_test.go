package versions

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/test/parity"
)

// parts are the parts of objects in testdata/objects.yaml.
type parts struct {
	Endpoints     []map[string]any `json:"endpoints"`
	Specs         []map[string]any `json:"specs"`
	ScrapeConfigs []map[string]any `json:"scrapeConfigs"`
	Probes        []map[string]any `json:"probes"`
	Additional    []map[string]any `json:"additional"`
	Prometheuses  []map[string]any `json:"prometheuses"`
}

func readParts(t *testing.T) parts {
	t.Helper()
	data, err := os.ReadFile("testdata/objects.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var p parts
	if err := yaml.UnmarshalStrict(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// withAdditional returns the specs of Prometheuses, among them one for each additional job, whose Secret is added to
// the others.
func (p parts) withAdditional(t *testing.T, s secrets) []map[string]any {
	t.Helper()
	specs := slices.Clone(p.Prometheuses)
	for i, job := range p.Additional {
		full := map[string]any{"job_name": "by-hand"}
		maps.Copy(full, job)
		text, err := yaml.Marshal([]any{full})
		if err != nil {
			t.Fatal(err)
		}
		key := fmt.Sprintf("job-%d", i)
		s[[4]string{"Secret", "monitoring", "by-hand", key}] = string(text)
		reference := map[string]any{"name": "by-hand", "key": key}
		specs = append(specs, map[string]any{"additionalScrapeConfigs": reference},
			map[string]any{"additionalScrapeConfigs": reference, "nameValidationScheme": "Legacy"})
	}
	return specs
}

// monitors returns an object for each part.
func (p parts) monitors(t *testing.T) []json.RawMessage {
	t.Helper()
	var all []json.RawMessage
	add := func(version, kind string, spec map[string]any) {
		raw, err := json.Marshal(map[string]any{
			"apiVersion": "monitoring.coreos.com/" + version, "kind": kind,
			"metadata": map[string]any{"namespace": "monitoring", "name": fmt.Sprintf("part-%d", len(all))}, "spec": spec,
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, raw)
	}
	selecting := func(endpoints string, endpoint, spec map[string]any) map[string]any {
		full := map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": "web"}}}
		maps.Copy(full, spec)
		own := map[string]any{"port": "web"}
		maps.Copy(own, endpoint)
		full[endpoints] = []any{own}
		return full
	}
	for _, e := range p.Endpoints {
		add("v1", "ServiceMonitor", selecting("endpoints", e, nil))
		add("v1", "PodMonitor", selecting("podMetricsEndpoints", e, nil))
	}
	for _, s := range p.Specs {
		add("v1", "ServiceMonitor", selecting("endpoints", nil, s))
		add("v1", "PodMonitor", selecting("podMetricsEndpoints", nil, s))
	}
	for _, s := range p.ScrapeConfigs {
		add("v1alpha1", "ScrapeConfig", s)
	}
	for _, s := range p.Probes {
		full := map[string]any{"prober": map[string]any{"url": "prober:9115"}}
		maps.Copy(full, s)
		add("v1", "Probe", full)
	}
	return all
}

// randomObjects returns the monitors, or else the Prometheuses and agents, of random requests.
func randomObjects(t *testing.T, fixtures []json.RawMessage, requests int, monitors bool) []json.RawMessage {
	t.Helper()
	dir, err := parity.OperatorDir(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := parity.LoadSchemas(dir)
	if err != nil {
		t.Fatal(err)
	}
	g := parity.NewGenerator(uint64(setting(t, "VERSIONS_SEED", 1)), schemas, parity.NewCoverage(), fixtures)
	g.Careless = 10
	var all []json.RawMessage
	for range requests {
		for _, raw := range g.Request().Objects {
			switch kind := kindOf(t, raw); kind {
			case "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig":
				if monitors {
					all = append(all, raw)
				}
			case "Prometheus", "PrometheusAgent":
				if !monitors {
					all = append(all, raw)
				}
			}
		}
	}
	return all
}

func kindOf(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		t.Fatal(err)
	}
	return head.Kind
}

// discoveryPackages are the packages of the discoveries of a ScrapeConfig, where the name of the field does not begin
// with the name of the package. The package for files is linked always.
var discoveryPackages = map[string]string{
	"dockerSDConfigs": "moby", "dockerSwarmSDConfigs": "moby", "ec2SDConfigs": "aws", "lightSailSDConfigs": "aws", "kumaSDConfigs": "xds", "fileSDConfigs": "",
}

// withoutUnlinked returns an object without the discoveries whose settings the loader does not link.
func withoutUnlinked(t *testing.T, l *Loader, raw json.RawMessage) json.RawMessage {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(raw, &object); err != nil {
		t.Fatal(err)
	}
	spec, _ := object["spec"].(map[string]any)
	maps.DeleteFunc(spec, func(field string, _ any) bool {
		name, isDiscovery := strings.CutSuffix(field, "SDConfigs")
		of, special := discoveryPackages[field]
		if !special {
			of = strings.ToLower(name)
		}
		return isDiscovery && of != "" && !slices.Contains(l.Discoveries, of)
	})
	kept, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}
