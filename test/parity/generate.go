package parity

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Generator makes requests with random objects. The objects depend on its seed and on the counts so
// far: it aims at the leaves that occurred least.
type Generator struct {
	rnd      *rand.Rand
	schemas  map[string]*Schema
	leaves   map[string][]string // by kind
	Coverage *Coverage
	fixtures []json.RawMessage

	// Careless is the percentage of rules between the fields of a monitor that are ignored, in
	// addition to a few that always are.
	Careless int

	// CarelessInstances is the same for the fields of a Prometheus or an agent.
	CarelessInstances int
}

// NewGenerator creates a generator that aims at the leaves that the coverage still lacks.
func NewGenerator(seed uint64, schemas map[string]*Schema, coverage *Coverage, fixtures []json.RawMessage) *Generator {
	g := &Generator{
		rnd:      rand.New(rand.NewPCG(seed, seed)), //nolint:gosec // It has to be the same for the same seed.
		schemas:  schemas,
		leaves:   map[string][]string{},
		Coverage: coverage,
		fixtures: fixtures,
	}
	for kind, schema := range schemas {
		g.leaves[kind] = schema.Leaves(kind + ".spec")
		slices.Sort(g.leaves[kind])
	}
	return g
}

// monitors has the sizes of a request: how many objects of a kind, and how many leaves each aims
// at.
var monitors = []struct {
	kind       string
	count, aim int
}{
	{"ServiceMonitor", 6, 6},
	{"PodMonitor", 6, 6},
	{"Probe", 6, 6},
	{"ScrapeConfig", 10, 13},
	{"PrometheusRule", 3, 3},
}

// Request makes one Prometheus, or an agent, and objects for it.
func (g *Generator) Request() *Request {
	kind := choose(g.rnd, "Prometheus", "PrometheusAgent")
	r := &Request{
		Prometheus: "monitoring/main",
		Gates: Gates{
			EndpointSlice:     g.chance(80),
			RetentionPolicies: g.chance(80),
			TopologySharding:  g.chance(80),
			PodTopologyLabels: g.chance(20),
		},
		Objects: slices.Clone(g.fixtures),
	}
	r.add(g.object(kind, "monitoring", "main", 80))
	for _, m := range monitors {
		for i := range m.count {
			namespace := choose(g.rnd, "monitoring", "shop", "web-1")
			name := fmt.Sprintf("%s%d", choose(g.rnd, "a", "b.c", "x-y"), i)
			r.add(g.object(m.kind, namespace, name, m.aim))
		}
	}
	return r
}

// object makes an object as the API server would return it.
func (g *Generator) object(kind, namespace, name string, aim int) map[string]any {
	schema := g.schemas[kind]
	spec, _ := g.value(schema, kind+".spec", g.aims(kind, aim), 0).(map[string]any)
	g.repairSpec(kind, spec)
	schema.Fill(spec)
	group := "monitoring.coreos.com/v1"
	if kind == "ScrapeConfig" || kind == "PrometheusAgent" {
		group = "monitoring.coreos.com/v1alpha1"
	}
	labels := map[string]any{"team": choose(g.rnd, "a", "b")}
	return map[string]any{
		"apiVersion": group,
		"kind":       kind,
		"metadata": map[string]any{
			"namespace": namespace, "name": name, "labels": labels,
			"uid": fmt.Sprintf("%s-%s-%s", strings.ToLower(kind), namespace, name),
		},
		"spec": spec,
	}
}

// aims returns leaves that an object of a kind should have: some that occurred least, and some
// random ones.
func (g *Generator) aims(kind string, n int) []string {
	leaves := slices.Clone(g.leaves[kind])
	g.rnd.Shuffle(len(leaves), func(i, j int) { leaves[i], leaves[j] = leaves[j], leaves[i] })
	rank := func(leaf string) int { return g.Coverage.Seen[leaf] + g.Coverage.Aimed[leaf]/3 }
	slices.SortStableFunc(leaves, func(a, b string) int { return rank(a) - rank(b) })
	n = min(n, len(leaves))
	aims := slices.Clone(leaves[:n])
	for _, aim := range aims {
		g.Coverage.Aimed[aim]++
	}
	for range n / 3 {
		aims = append(aims, leaves[g.rnd.IntN(len(leaves))])
	}
	return aims
}

// value makes a value of a schema, with the leaves in it that are aimed at.
func (g *Generator) value(s *Schema, path string, aims []string, depth int) any {
	switch {
	case isReference(s):
		return g.reference(path, s, aims...)
	case len(s.Properties) > 0:
		return g.struc(s, path, aims, depth)
	case s.Items != nil:
		return g.list(s, path, aims, depth)
	case s.Values != nil && s.Values.Schema != nil:
		return g.mapping(s, path, aims, depth)
	}
	return g.scalar(s, path)
}

// struc is an object with named fields.
func (g *Generator) struc(s *Schema, path string, aims []string, depth int) map[string]any {
	value := map[string]any{}
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		property, sub := s.Properties[name], path+"."+name
		if unreachedReason(sub) != "" {
			continue
		}
		inside := below(aims, sub)
		likely := 12
		if len(property.Properties) > 0 || property.Items != nil {
			likely = 8 / (depth + 1)
		}
		if len(inside) == 0 && !slices.Contains(s.Required, name) && !g.chance(likely) {
			continue
		}
		value[name] = g.value(property, sub, inside, depth+1)
	}
	g.repair(path, value)
	return value
}

func (g *Generator) list(s *Schema, path string, aims []string, depth int) []any {
	n := choose(g.rnd, 1, 1, 2, 3)
	if s.MinItems == 0 && len(aims) == 0 && depth < 2 && g.chance(3) {
		n = 0
	}
	// Leaves that are aimed at may exclude each other, so that they are spread over several items.
	n = max(n, min(6, len(aims)/3))
	parts := make([][]string, max(n, 1))
	for _, aim := range below(aims, path+"[]") {
		i := g.rnd.IntN(len(parts))
		parts[i] = append(parts[i], aim)
	}
	values := []any{}
	seen := map[string]bool{}
	for i := range max(n, s.MinItems) {
		value := g.value(s.Items, path+"[]", parts[i%len(parts)], depth)
		if key := s.key(value); key == "" || !seen[key] {
			seen[key] = true
			values = append(values, value)
		}
	}
	return values
}

// key returns the value that no two items of a list may share, or "".
func (s *Schema) key(value any) string {
	switch s.ListType {
	case "set":
		return fmt.Sprint("=", value)
	case "map":
		item, _ := value.(map[string]any)
		key := "="
		for _, name := range s.ListKeys {
			key += fmt.Sprint(item[name], "\x00")
		}
		return key
	}
	return ""
}

func (g *Generator) mapping(s *Schema, path string, aims []string, depth int) map[string]any {
	value := map[string]any{}
	for range choose(g.rnd, 1, 2, 3) {
		value[g.mapKey(path)] = g.value(s.Values.Schema, path+"{}", below(aims, path+"{}"), depth)
	}
	return value
}

// below returns the paths that are below another.
func below(paths []string, path string) []string {
	var inside []string
	for _, p := range paths {
		rest, found := strings.CutPrefix(p, path)
		if found && (rest == "" || strings.ContainsRune(".[{", rune(rest[0]))) {
			inside = append(inside, p)
		}
	}
	return inside
}
