package parity

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// Schema has the fields of a CRD's schema that the generator needs.
type Schema struct {
	Type       string             `json:"type"`
	Properties map[string]*Schema `json:"properties"`
	Items      *Schema            `json:"items"`
	Values     *valueSchema       `json:"additionalProperties"`
	Enum       []any              `json:"enum"`
	Pattern    string             `json:"pattern"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	MinLength  int                `json:"minLength"`
	MinItems   int                `json:"minItems"`
	Required   []string           `json:"required"`
	Default    any                `json:"default"`
	ListType   string             `json:"x-kubernetes-list-type"`
	ListKeys   []string           `json:"x-kubernetes-list-map-keys"`
	IntOrText  bool               `json:"x-kubernetes-int-or-string"`
}

// valueSchema is the schema of a map's values. In a CRD it may also be just true.
type valueSchema struct{ *Schema }

func (v *valueSchema) UnmarshalJSON(data []byte) error {
	if string(data) == "true" || string(data) == "false" {
		return nil
	}
	v.Schema = &Schema{}
	return json.Unmarshal(data, v.Schema)
}

// crds maps each kind that the generator makes to the file of its CRD.
var crds = map[string]string{
	"ServiceMonitor":  "servicemonitors",
	"PodMonitor":      "podmonitors",
	"Probe":           "probes",
	"ScrapeConfig":    "scrapeconfigs",
	"Prometheus":      "prometheuses",
	"PrometheusAgent": "prometheusagents",
	"PrometheusRule":  "prometheusrules",
}

// LoadSchemas reads the schema of each kind's spec from the operator's sources.
func LoadSchemas(operatorDir string) (map[string]*Schema, error) {
	schemas := map[string]*Schema{}
	for kind, plural := range crds {
		path := filepath.Join(operatorDir, "example", "prometheus-operator-crd", "monitoring.coreos.com_"+plural+".yaml")
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the CRD of %s: %w", kind, err)
		}
		var crd struct {
			Spec struct {
				Versions []struct {
					Schema struct {
						Root *Schema `json:"openAPIV3Schema"`
					} `json:"schema"`
				} `json:"versions"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal(data, &crd); err != nil {
			return nil, fmt.Errorf("reading the CRD of %s: %w", kind, err)
		}
		if len(crd.Spec.Versions) != 1 || crd.Spec.Versions[0].Schema.Root == nil {
			return nil, fmt.Errorf("reading the CRD of %s: it does not have exactly one version with a schema", kind)
		}
		schemas[kind] = crd.Spec.Versions[0].Schema.Root.Properties["spec"]
	}
	return schemas, nil
}

// Leaves returns the paths of everything below s that has no parts of its own, as in
// ServiceMonitor.spec.endpoints[].params{}[].
func (s *Schema) Leaves(path string) []string {
	switch {
	case unreachedReason(path) != "":
		return nil
	case len(s.Properties) > 0:
		var all []string
		for name, property := range s.Properties {
			all = append(all, property.Leaves(path+"."+name)...)
		}
		return all
	case s.Items != nil:
		return s.Items.Leaves(path + "[]")
	case s.Values != nil && s.Values.Schema != nil:
		return s.Values.Leaves(path + "{}")
	}
	return []string{path}
}

// Fill sets defaults, as the API server does.
func (s *Schema) Fill(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, property := range s.Properties {
			if _, ok := value[name]; !ok && property.Default != nil {
				value[name] = clone(property.Default)
			}
			if v, ok := value[name]; ok {
				property.Fill(v)
			}
		}
		if s.Values != nil && s.Values.Schema != nil {
			for _, v := range value {
				s.Values.Fill(v)
			}
		}
	case []any:
		if s.Items != nil {
			for _, v := range value {
				s.Items.Fill(v)
			}
		}
	}
}

// clone copies a JSON value.
func clone(value any) any {
	data, err := json.Marshal(value)
	if err != nil {
		return value
	}
	var copied any
	if err := json.Unmarshal(data, &copied); err != nil {
		return value
	}
	return copied
}
