package resultlabels_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// The universe is small, so that expressions meet series, and series each other.
var (
	metricNames = []string{"a", "b", "c_bucket", "target_info"}
	labelNames  = []string{"job", "instance", "code", "le"}
	labelValues = []string{"x", "y", "z"}
	bounds      = []string{"1.0", "2.0", "+Inf"}
)

// randomSeries returns some series, each with some of the labels.
func randomSeries(r *rand.Rand) []storage.Series {
	seen := map[string]bool{}
	var all []storage.Series
	for range 6 + r.IntN(14) {
		b := labels.NewBuilder(labels.EmptyLabels())
		name := pick(r, metricNames)
		b.Set("__name__", name)
		for _, l := range []string{"job", "instance", "code"} {
			if r.IntN(3) > 0 {
				b.Set(l, pick(r, labelValues))
			}
		}
		if name == "c_bucket" || r.IntN(8) == 0 {
			b.Set("le", pick(r, bounds))
		}
		if r.IntN(20) == 0 {
			b.Set("__type__", "counter")
		}
		metric := b.Labels()
		if seen[metric.String()] {
			continue
		}
		seen[metric.String()] = true
		step := float64(r.IntN(3))
		var samples []chunks.Sample
		for i := range 41 {
			samples = append(samples, sample{int64(i) * 15_000, 1 + float64(i)*step})
		}
		all = append(all, storage.NewListSeries(metric, samples))
	}
	return all
}

// randomExpr returns an expression of the type vector. Some are refused by the parser.
func randomExpr(r *rand.Rand) string { return generator{r}.vector(1 + r.IntN(4)) }

type generator struct{ *rand.Rand }

func (g generator) vector(depth int) string {
	if depth <= 0 {
		return g.selector()
	}
	switch g.IntN(9) {
	case 0:
		return g.selector()
	case 1, 2:
		return g.aggregation(depth - 1)
	case 3, 4, 5:
		return g.binary(depth - 1)
	case 6:
		return g.relabel(depth - 1)
	case 7:
		return pick(g.Rand, []string{"-", "(", "sort"}) + "(" + g.vector(depth-1) + ")"
	}
	return g.call(depth - 1)
}

func (g generator) selector() string {
	var matchers []string
	for range max(0, g.IntN(5)-2) {
		values := append(slices.Clone(labelValues), "", "x|y", ".*", ".+", "x|", "(?i)X", "[xy]", bounds[0])
		matchers = append(matchers, pick(g.Rand, labelNames)+pick(g.Rand, []string{"=", "=", "!=", "=~", "!~"})+fmt.Sprintf("%q", pick(g.Rand, values)))
	}
	name := pick(g.Rand, metricNames)
	if g.IntN(6) == 0 {
		name = ""
		matchers = append(matchers, `__name__=~"a|b"`)
	}
	text := name + "{" + strings.Join(matchers, ",") + "}"
	if g.IntN(12) == 0 {
		text += " @ 300"
	}
	return text
}

func (g generator) aggregation(depth int) string {
	op, param := pick(g.Rand, []string{"sum", "max", "count", "group", "avg", "stddev", "topk", "bottomk", "limitk", "limit_ratio", "count_values", "quantile"}), ""
	switch op {
	case "topk", "bottomk", "limitk":
		param = "2, "
	case "limit_ratio", "quantile":
		param = "0.5, "
	case "count_values":
		param = fmt.Sprintf("%q, ", pick(g.Rand, append([]string{"value", "__name__"}, labelNames...)))
	}
	grouping := pick(g.Rand, []string{"", "by (", "without ("})
	if grouping != "" {
		grouping += g.labelList() + ") "
	}
	return op + " " + grouping + "(" + param + g.vector(depth) + ")"
}

func (g generator) labelList() string {
	names := slices.Clone(labelNames)
	names = append(names, "__name__", "other")
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return strings.Join(names[:g.IntN(4)], ", ")
}

func (g generator) binary(depth int) string {
	op := pick(g.Rand, []string{"+", "/", "-", ">", "== bool", ">= bool", "!=", "and", "or", "unless", "atan2"})
	if g.IntN(5) == 0 && !slices.Contains([]string{"and", "or", "unless"}, op) {
		sides := []string{g.vector(depth), pick(g.Rand, []string{"2", "scalar(a)", "time()"})}
		g.Shuffle(2, func(i, j int) { sides[i], sides[j] = sides[j], sides[i] })
		return "(" + sides[0] + " " + op + " " + sides[1] + ")"
	}
	matching := ""
	if g.IntN(3) > 0 {
		matching = pick(g.Rand, []string{"on (", "ignoring ("}) + g.labelList() + ") "
		if g.IntN(2) == 0 && !slices.Contains([]string{"and", "or", "unless"}, op) {
			matching += pick(g.Rand, []string{"group_left", "group_right"}) + " (" + g.labelList() + ") "
		}
	}
	if g.IntN(8) == 0 {
		matching += pick(g.Rand, []string{"fill (0) ", "fill_left (1) ", "fill_right (2) ", "fill_left (0) fill_right (3) "})
	}
	return "(" + g.vector(depth) + " " + op + " " + matching + g.vector(depth) + ")"
}

func (g generator) relabel(depth int) string {
	names := append([]string{"__name__", "new"}, labelNames...)
	name := func() string { return fmt.Sprintf("%q", pick(g.Rand, names)) }
	if g.IntN(3) == 0 {
		text := "label_join(" + g.vector(depth) + ", " + name() + ", " + pick(g.Rand, []string{`""`, `"-"`})
		for range g.IntN(3) {
			text += ", " + name()
		}
		return text + ")"
	}
	replacement := pick(g.Rand, []string{"$1", "${1}", "fixed", "", "p-$1", "$1-s", "$$", "$0"})
	pattern := pick(g.Rand, []string{"(.*)", "(.+)", ".*", "x", "(x|y)", "", "(x)|y", ".+"})
	return fmt.Sprintf("label_replace(%s, %s, %q, %s, %q)", g.vector(depth), name(), replacement, name(), pattern)
}

// call returns a call of any function of the parser's table.
func (g generator) call(depth int) string {
	name := pick(g.Rand, functionNames)
	f := parser.Functions[name]
	switch name {
	case "label_replace", "label_join", "info", "start", "end", "step", "range":
		return g.relabel(depth)
	case "absent":
		if g.IntN(2) == 0 {
			return "absent((nothing" + g.selector() + "))"
		}
	case "histogram_quantiles":
		return "histogram_quantiles(" + g.vector(depth) + `, "q", 0.5, 1)`
	case "sort_by_label", "sort_by_label_desc":
		return name + "(" + g.vector(depth) + `, "job")`
	}
	var args []string
	for i, t := range f.ArgTypes {
		if f.Variadic != 0 && i == len(f.ArgTypes)-1 && g.IntN(2) == 0 {
			break
		}
		args = append(args, g.argument(t, depth))
	}
	text := name + "(" + strings.Join(args, ", ") + ")"
	if f.ReturnType == parser.ValueTypeScalar {
		return "vector(" + text + ")"
	}
	return text
}

func (g generator) argument(t parser.ValueType, depth int) string {
	switch t {
	case parser.ValueTypeVector:
		return g.vector(depth)
	case parser.ValueTypeMatrix:
		if g.IntN(2) == 0 {
			return g.selector() + "[2m]"
		}
		return "(" + g.vector(depth) + ")[2m:15s]"
	case parser.ValueTypeString:
		return `"job"`
	}
	return "0.5"
}

// functionNames are sorted, so that a seed always gives the same expressions.
var functionNames = func() []string {
	var names []string
	for name := range parser.Functions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}()

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

type sample struct {
	t int64
	f float64
}

func (s sample) T() int64                      { return s.t }
func (s sample) ST() int64                     { return 0 }
func (s sample) F() float64                    { return s.f }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }
