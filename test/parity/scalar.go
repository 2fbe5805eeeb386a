package parity

import (
	"strconv"
	"strings"
)

// scalar makes a value that has no parts.
func (g *Generator) scalar(s *Schema, path string) any {
	if len(s.Enum) > 0 {
		return s.Enum[g.rnd.IntN(len(s.Enum))]
	}
	switch s.Type {
	case "boolean":
		return g.chance(60)
	case "integer":
		return g.integer(s, path)
	case "number":
		return choose(g.rnd, 0, 0.5, 1.5)
	case "object":
		return map[string]any{}
	}
	if s.IntOrText {
		return g.intOrText(s, path)
	}
	return g.pick(path, s)
}

func (g *Generator) integer(s *Schema, path string) int64 {
	low, high := int64(0), int64(1)<<31-1
	if s.Minimum != nil {
		low = int64(*s.Minimum)
	}
	if s.Maximum != nil {
		high = int64(*s.Maximum)
	}
	values := []int64{low, 1, 2, 5, 10, 100, 1000, 65536, high}
	switch {
	case strings.HasSuffix(path, ".shards"):
		values = []int64{0, 1, 2, 3}
	case strings.HasSuffix(path, ".capacity"), strings.HasSuffix(path, ".maxSamplesPerSend"), strings.HasSuffix(path, ".maxSize"):
		// Prometheus reserves memory for these when it starts.
		values = []int64{1, 2, 500, 10000}
	case strings.HasSuffix(path, ".minShards"), strings.HasSuffix(path, ".maxShards"):
		// Each shard is a queue of its own.
		values = []int64{1, 2, 10, 50}
	case strings.HasSuffix(path, ".modulus"):
		values = []int64{0, 1, 2, 3, 8, 8, 1 << 40}
	}
	return min(max(values[g.rnd.IntN(len(values))], low), high)
}

// intOrText makes a port, the expression of a rule or a quantity.
func (g *Generator) intOrText(s *Schema, path string) any {
	switch {
	case strings.HasSuffix(path, "argetPort"):
		if g.chance(50) {
			return choose[any](g.rnd, 8080, 0, 443)
		}
		return choose[any](g.rnd, "http", "9090", "web-metrics", "a.b")
	case strings.HasSuffix(path, ".expr"):
		if g.chance(5) {
			return 1
		}
		return g.pick(path, s)
	}
	text := g.pick(path, s)
	if n, err := strconv.Atoi(text); err == nil && g.chance(50) {
		return n
	}
	return text
}

// mapKey makes a key for a map. The schema does not restrict it.
func (g *Generator) mapKey(path string) string {
	switch last := path[strings.LastIndex(path, ".")+1:]; last {
	case "matchLabels", "nodeMeta", "nodeSelector":
		return choose(g.rnd, objectKeys...)
	case "externalLabels", "labels", "requiredMatchers":
		if g.chance(10) {
			return choose(g.rnd, utf8Names...)
		}
		return choose(g.rnd, "app", "team", "cluster", "_x", "le", "replica")
	case "annotations":
		return choose(g.rnd, "summary", "runbook_url", "on")
	case "params", "endpointParams":
		return choose(g.rnd, "module", "match[]", "a b", "on", "x", "target")
	}
	return choose(g.rnd, "X-Scope", "x-b", "on", "A", "Y_1")
}
