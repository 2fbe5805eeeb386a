package parity

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// enough is in how many objects of the configuration a leaf has to occur.
const enough = 20

// Coverage counts, for each leaf of the API types, the objects that had it and that went into a
// configuration.
type Coverage struct {
	Seen map[string]int
	// Aimed counts how often the generator aimed at a leaf. A leaf that Prometheus hardly ever
	// accepts must not block all others.
	Aimed map[string]int
	// Taken and Rejected count the objects that the operator includes and rejects, by kind.
	// Compared counts those that are in both configurations.
	Taken, Rejected, Compared map[string]int
}

// NewCoverage creates an empty Coverage.
func NewCoverage() *Coverage {
	return &Coverage{Seen: map[string]int{}, Aimed: map[string]int{}, Taken: map[string]int{}, Rejected: map[string]int{}, Compared: map[string]int{}}
}

// specs are the types whose leaves are counted.
var specs = map[string]reflect.Type{
	"ServiceMonitor":  reflect.TypeFor[monitoringv1.ServiceMonitorSpec](),
	"PodMonitor":      reflect.TypeFor[monitoringv1.PodMonitorSpec](),
	"Probe":           reflect.TypeFor[monitoringv1.ProbeSpec](),
	"ScrapeConfig":    reflect.TypeFor[monitoringv1alpha1.ScrapeConfigSpec](),
	"Prometheus":      reflect.TypeFor[monitoringv1.PrometheusSpec](),
	"PrometheusAgent": reflect.TypeFor[monitoringv1alpha1.PrometheusAgentSpec](),
	"PrometheusRule":  reflect.TypeFor[monitoringv1.PrometheusRuleSpec](),
}

// meta has the fields of an object that coverage needs.
type meta struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		UID       string `json:"uid"`
	} `json:"metadata"`
	Spec json.RawMessage `json:"spec"`
}

// Count adds the answers of both sides to a request. Objects that only one side includes were not
// compared.
func (c *Coverage) Count(r *Request, a, promgate *Answer) error {
	for _, data := range r.Objects {
		var m meta
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("reading an object: %w", err)
		}
		spec, ok := specs[m.Kind]
		if !ok {
			continue
		}
		if _, rejected := a.Rejected[m.Kind+"/"+m.Metadata.Namespace+"/"+m.Metadata.Name]; rejected {
			c.Rejected[m.Kind]++
		}
		if !m.used(a) {
			continue
		}
		c.Taken[m.Kind]++
		if !m.used(promgate) {
			continue
		}
		c.Compared[m.Kind]++
		value := reflect.New(spec)
		if err := json.Unmarshal(m.Spec, value.Interface()); err != nil {
			return fmt.Errorf("reading a %s: %w", m.Kind, err)
		}
		seen := map[string]bool{}
		note(seen, m.Kind+".spec", value.Elem())
		for path := range seen {
			c.Seen[path]++
		}
	}
	return nil
}

// used reports whether the object is in the operator's output.
func (m meta) used(a *Answer) bool {
	key := m.Metadata.Namespace + "/" + m.Metadata.Name
	switch m.Kind {
	case "Prometheus", "PrometheusAgent":
		return a.Config != ""
	case "PrometheusRule":
		_, ok := a.RuleFiles[m.Metadata.Namespace+"-"+m.Metadata.Name+"-"+m.Metadata.UID+".yaml"]
		return ok && a.Config != ""
	}
	job := strings.ToLower(m.Kind[:1]) + m.Kind[1:] + "/" + key
	return strings.Contains(a.Config, "job_name: "+job+"\n") || strings.Contains(a.Config, "job_name: "+job+"/")
}

// note finds the leaves below a value that are not zero.
func note(seen map[string]bool, path string, v reflect.Value) {
	if v.IsZero() || unreachedReason(path) != "" {
		return
	}
	switch {
	case isLeaf(v.Type()):
		seen[path] = true
	case v.Kind() == reflect.Pointer:
		note(seen, path, v.Elem())
		if isLeaf(v.Elem().Type()) {
			// A pointer to a zero value is not the same as no pointer.
			seen[path] = true
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			note(seen, path+"[]", v.Index(i))
		}
	case v.Kind() == reflect.Map:
		for _, key := range v.MapKeys() {
			note(seen, path+"{}", v.MapIndex(key))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if name, ok := fieldPath(path, v.Type().Field(i)); ok {
				note(seen, name, v.Field(i))
			}
		}
	}
}

// leaves returns the paths of all leaves of a type.
func leaves(path string, t reflect.Type) []string {
	switch {
	case unreachedReason(path) != "":
		return nil
	case isLeaf(t):
		return []string{path}
	case t.Kind() == reflect.Pointer:
		return leaves(path, t.Elem())
	case t.Kind() == reflect.Slice:
		return leaves(path+"[]", t.Elem())
	case t.Kind() == reflect.Map:
		return leaves(path+"{}", t.Elem())
	}
	var all []string
	for i := range t.NumField() {
		if name, ok := fieldPath(path, t.Field(i)); ok {
			all = append(all, leaves(name, t.Field(i).Type)...)
		}
	}
	return all
}

// isLeaf reports whether a type is written as one value, including quantities and types that are
// either a number or a text.
func isLeaf(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return false
	case reflect.Struct:
		_, marshals := reflect.PointerTo(t).MethodByName("MarshalJSON")
		return marshals || t.NumField() == 0
	}
	return true
}

// fieldPath returns the path of a field. Fields of embedded structs belong to the outer struct.
func fieldPath(path string, f reflect.StructField) (string, bool) {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case name == "-" || !f.IsExported() && !f.Anonymous:
		return "", false
	case name == "" && f.Anonymous:
		return path, true
	case name == "":
		return path + "." + f.Name, true
	}
	return path + "." + name, true
}

// Lacking returns the leaves that too few objects had, except those that the pinned operator does
// not know.
func (c *Coverage) Lacking(schemas map[string]*Schema) []string {
	var lacking []string
	for kind, spec := range specs {
		known := map[string]bool{}
		for _, path := range schemas[kind].Leaves(kind + ".spec") {
			known[path] = true
		}
		for _, path := range leaves(kind+".spec", spec) {
			if c.Seen[path] < enough && known[path] {
				lacking = append(lacking, fmt.Sprintf("%s: %d", path, c.Seen[path]))
			}
		}
	}
	slices.Sort(lacking)
	return lacking
}
