package records

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// TestPresence evaluates random expressions with Prometheus' engine, over series of which some are missing:
// those with the same key have a result at the same times, and it is one series without labels.
func TestPresence(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	p := parser.NewParser(parser.Options{})
	engine := promql.NewEngine(promql.EngineOpts{
		Logger: slog.New(slog.DiscardHandler), MaxSamples: 1e6, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, EnableAtModifier: true, EnableNegativeOffset: true, Parser: p,
	})
	type group struct {
		texts []string
		exprs map[string]bool
	}
	groups := map[uint64]*group{}
	for range 15_000 {
		text := randomBare(r, 3)
		expr, err := p.ParseExpr(text)
		if err != nil || expr.Type() == parser.ValueTypeString {
			continue
		}
		key := presenceKey(text, expr)
		if key == 0 {
			continue
		}
		if groups[key] == nil {
			groups[key] = &group{exprs: map[string]bool{}}
		}
		if g := groups[key]; len(g.texts) < 6 && !g.exprs[expr.String()] {
			g.texts, g.exprs[expr.String()] = append(g.texts, text), true
		}
	}
	compared, present := 0, 0
	for _, g := range groups {
		if len(g.texts) < 2 || compared > 3000 {
			continue
		}
		for range 3 {
			series := someSeries(r)
			first := -1
			for i, text := range g.texts {
				n := results(t, engine, series, text)
				if i == 0 {
					first = n
				}
				if n > 0 {
					present++
				}
				if compared++; n != first {
					t.Errorf("%s has %d results, and %s %d, over %v", g.texts[0], first, text, n, series)
				}
			}
		}
	}
	t.Logf("%d evaluated, %d with a result", compared, present)
	if present < 100 || compared-present < 50 {
		t.Error("the expressions are not worth comparing")
	}
}

// randomBare returns an expression that often has no labels.
func randomBare(r *rand.Rand, depth int) string {
	if depth == 0 {
		return []string{"a", "b", `a{job="x"}`, "1", "vector(2)"}[r.IntN(5)]
	}
	inner := func() string { return randomBare(r, depth-1) }
	switch r.IntN(9) {
	case 0:
		return "rate(" + []string{"a", "b"}[r.IntN(2)] + "[5m])"
	case 1:
		return "(" + inner() + []string{" + ", " / ", " > bool "}[r.IntN(3)] + inner() + ")"
	case 2:
		return "(" + inner() + []string{" > ", " and ", " or ", " unless "}[r.IntN(4)] + inner() + ")"
	case 3:
		return []string{"absent", "scalar", "abs", "timestamp"}[r.IntN(4)] + "(" + inner() + ")"
	case 4:
		return []string{"topk(1, ", "quantile(0.5, ", "sum by (job) ("}[r.IntN(3)] + inner() + ")"
	default:
		return []string{"sum", "avg", "max", "count"}[r.IntN(4)] + "(" + inner() + ")"
	}
}

func results(t *testing.T, engine *promql.Engine, series memory, text string) int {
	t.Helper()
	query, err := engine.NewInstantQuery(t.Context(), series, nil, text, time.Unix(600, 0))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer query.Close()
	result := query.Exec(t.Context())
	if result.Err != nil {
		return 0 // such as for two series that match one
	}
	switch v := result.Value.(type) {
	case promql.Scalar:
		return 1
	case promql.Vector:
		for _, s := range v {
			if s.Metric.DropReserved(func(name string) bool { return name == model.MetricNameLabel }).Len() > 0 {
				t.Errorf("%s gives %s", text, s.Metric)
			}
		}
		return len(v)
	}
	return 0
}

type memory []storage.Series

func (m memory) String() string {
	var all []string
	for _, s := range m {
		all = append(all, s.Labels().String())
	}
	return fmt.Sprint(all)
}

func someSeries(r *rand.Rand) memory {
	var all memory
	for _, metric := range []labels.Labels{
		labels.FromStrings("__name__", "a", "job", "x"), labels.FromStrings("__name__", "a", "job", "y"), labels.FromStrings("__name__", "b", "job", "x"),
	} {
		if r.IntN(3) == 0 {
			continue
		}
		var samples []chunks.Sample
		for i := range 41 {
			samples = append(samples, sample{int64(i) * 15_000, float64(i)})
		}
		all = append(all, storage.NewListSeries(metric, samples))
	}
	return all
}

type sample struct {
	t int64
	f float64
}

func (s sample) ST() int64                     { return 0 }
func (s sample) T() int64                      { return s.t }
func (s sample) F() float64                    { return s.f }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }

func (m memory) Querier(_, _ int64) (storage.Querier, error) { return querier{m}, nil }

type querier struct{ series memory }

func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	var found []storage.Series
	for _, s := range q.series {
		matches := true
		for _, m := range matchers {
			matches = matches && m.Matches(s.Labels().Get(m.Name))
		}
		if matches {
			found = append(found, s)
		}
	}
	return &seriesSet{series: found, at: -1}
}

func (querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (querier) Close() error { return nil }

type seriesSet struct {
	series []storage.Series
	at     int
}

func (s *seriesSet) Next() bool                        { s.at++; return s.at < len(s.series) }
func (s *seriesSet) At() storage.Series                { return s.series[s.at] }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return nil }
