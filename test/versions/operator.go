package versions

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/blang/semver/v4"
	"sigs.k8s.io/yaml"

	"github.com/promgate/promgate/test/rig"
)

// operatorModule is the module of prometheus-operator, which has its CRDs.
const operatorModule = "github.com/prometheus-operator/prometheus-operator"

// operatorReleases lists the releases of the operator whose CRDs are compared, oldest first: one of each minor version that
// the module proxy has, and the one whose CRDs promgate embeds.
var operatorReleases = []string{
	"v0.65.2", "v0.66.0", "v0.68.0", "v0.69.1", "v0.70.0", "v0.71.2", "v0.72.0", "v0.73.2", "v0.74.0", "v0.75.0",
	"v0.76.0", "v0.77.1", "v0.78.2", "v0.79.2", "v0.80.1", "v0.81.0", "v0.82.0", "v0.83.0", "v0.84.0", "v0.85.0",
	"v0.87.1", "v0.88.0", "v0.89.0", "v0.90.1", "v0.91.0", "v0.92.0", "v0.93.0", "v0.94.0", "v0.95.1",
}

// operatorKinds are the kinds whose schemas promgate embeds, by the names of their CRDs.
var operatorKinds = map[string]string{
	"podmonitors": "PodMonitor", "probes": "Probe", "prometheuses": "Prometheus", "prometheusagents": "PrometheusAgent",
	"prometheusrules": "PrometheusRule", "scrapeconfigs": "ScrapeConfig", "servicemonitors": "ServiceMonitor",
}

// A crdSchema is the part of a schema that says which fields and values there are.
type crdSchema struct {
	Properties map[string]*crdSchema `json:"properties"`
	Items      *crdSchema            `json:"items"`
	Enum       []any                 `json:"enum"`
}

// anyValue follows the path of a field that may have any value.
const anyValue = "=*"

type crd struct {
	Spec struct {
		Versions []struct {
			Name   string `json:"name"`
			Schema struct {
				OpenAPIV3Schema *crdSchema `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

// OperatorFields returns the fields and values of the operator's kinds that a release of the operator knows: paths such as
// spec.endpoints[].port, values such as spec.logLevel=info, by kind.
func OperatorFields(ctx context.Context, release string) (map[string]map[string]bool, error) {
	dir, pattern, err := crdsOf(ctx, release)
	if err != nil {
		return nil, fmt.Errorf("reading the CRDs of %s: %w", release, err)
	}
	all := map[string]map[string]bool{}
	for name, kind := range operatorKinds {
		raw, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf(pattern, name)))
		if err != nil {
			return nil, fmt.Errorf("reading the CRDs of %s: %w", release, err)
		}
		var c crd
		if err := yaml.Unmarshal(raw, &c); err != nil {
			return nil, fmt.Errorf("reading the CRDs of %s: %w", release, err)
		}
		all[kind] = map[string]bool{}
		c.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].collect("spec", all[kind])
	}
	return all, nil
}

// crdsOf returns the directory of the CRDs of a release, and how the files are called. Those of the last one are embedded.
func crdsOf(ctx context.Context, release string) (dir, pattern string, err error) {
	if release == operatorReleases[len(operatorReleases)-1] {
		root, err := rig.FindRoot()
		return filepath.Join(root, "internal", "schema", "crds"), "%s.json", err
	}
	dir, err = rig.DownloadModule(ctx, operatorModule, release)
	return filepath.Join(dir, "example", "prometheus-operator-crd"), "monitoring.coreos.com_%s.yaml", err
}

func (s *crdSchema) collect(path string, into map[string]bool) {
	into[path] = true
	for name, sub := range s.Properties {
		sub.collect(path+"."+name, into)
	}
	if s.Items != nil {
		s.Items.collect(path+"[]", into)
	}
	for _, value := range s.Enum {
		into[fmt.Sprintf("%s=%v", path, value)] = true
	}
	if len(s.Enum) == 0 {
		into[path+anyValue] = true
	}
}

// OperatorTable returns the source of the table of the fields and values that not every release of the operator knows.
func OperatorTable(ctx context.Context) (string, error) {
	seen := map[string]map[string][]bool{} // by path and kind
	var minors []uint64
	for i, release := range operatorReleases {
		all, err := OperatorFields(ctx, release)
		if err != nil {
			return "", err
		}
		minors = append(minors, semver.MustParse(strings.TrimPrefix(release, "v")).Minor)
		for kind, paths := range all {
			for path := range paths {
				if seen[path] == nil {
					seen[path] = map[string][]bool{}
				}
				if seen[path][kind] == nil {
					seen[path][kind] = make([]bool, len(operatorReleases))
				}
				seen[path][kind][i] = true
			}
		}
	}
	spans := map[string]map[string][][2]uint64{} // by path and kind
	for path, kinds := range seen {
		spans[path] = map[string][][2]uint64{}
		field, _, isValue := strings.Cut(path, "=")
		for kind, in := range kinds {
			for i, free := range seen[field+anyValue][kind] {
				in[i] = in[i] || isValue && free
			}
			spans[path][kind] = spansIn(in, minors)
		}
	}
	var lines []string
	for _, path := range slices.Sorted(maps.Keys(seen)) {
		parent := parentOf(path)
		if strings.HasSuffix(path, anyValue) {
			continue
		}
		kinds := map[string][]string{} // by what is said of them
		for _, kind := range slices.Sorted(maps.Keys(seen[path])) {
			own := fmt.Sprint(spans[path][kind])
			if own == fmt.Sprint([][2]uint64{{0, 0}}) || own == fmt.Sprint(spans[parent][kind]) {
				continue
			}
			for _, span := range spans[path][kind] {
				said := fmt.Sprintf("%d, %d", span[0], span[1])
				kinds[said] = append(kinds[said], kind)
			}
		}
		for _, said := range slices.Sorted(maps.Keys(kinds)) {
			lines = append(lines, fmt.Sprintf("\t{%q, %q, %s},", strings.Join(kinds[said], " "), path, said))
		}
	}
	return "// Code generated by test/versions/operatorfields. DO NOT EDIT.\n\npackage schema\n\n" +
		fmt.Sprintf("// oldestOperator and latestOperator are the minor versions of the operator that the table is about.\nconst oldestOperator, latestOperator = %d, %d\n\n", minors[0], minors[len(minors)-1]) +
		"var operatorTable = []operatorSpan{\n" + strings.Join(lines, "\n") + "\n}\n", nil
}

// parentOf returns the field that a value or a field is of.
func parentOf(path string) string {
	if field, _, isValue := strings.Cut(path, "="); isValue {
		return field
	}
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// spansIn returns from which minor version on to before which there is something; 0 for all that are older, and for no end.
// A minor version that was not compared counts as one that has it, if one of its neighbours does: nothing is refused that might
// work.
func spansIn(in []bool, minors []uint64) [][2]uint64 {
	var spans [][2]uint64
	for i := 0; i < len(in); i++ {
		if !in[i] {
			continue
		}
		var span [2]uint64
		if i > 0 {
			span[0] = minors[i-1] + 1
		}
		for i < len(in) && in[i] {
			i++
		}
		if i < len(in) {
			span[1] = minors[i]
		}
		spans = append(spans, span)
	}
	return spans
}
