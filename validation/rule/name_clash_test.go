package rule

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// TestNameClashesAgainstEngine evaluates random expressions, over metrics that all have series with the same labels, with Prometheus'
// engine. It fails for just those in which a node is said to drop the name of several metrics.
func TestNameClashesAgainstEngine(t *testing.T) {
	engine := newEngine()
	series := alikeSeries()
	random := clashGenerator{rand.New(rand.NewPCG(7, 0))}
	clashes, wholes := 0, 0
	for range 2000 {
		text := random.vector(1 + random.IntN(4))
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		query, err := engine.NewInstantQuery(t.Context(), series, nil, text, time.UnixMilli(1000))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		result := query.Exec(t.Context())
		analysis := analyseLabels(expr)
		switch fails := result.Err != nil; {
		case fails != (len(analysis.nameClashes) > 0):
			t.Errorf("%s: the engine says %v, the check %v", text, result.Err, analysis.nameClashes)
		case fails:
			clashes++
		case equalWithoutName(result.Value.(promql.Vector)) != (analysis.severalMetrics != nil):
			t.Errorf("%s: the result is %s, the check says %v", text, result.Value, analysis.severalMetrics)
		case analysis.severalMetrics != nil:
			wholes++
		}
		query.Close()
	}
	t.Logf("%d expressions fail, the names of %d results tell series apart", clashes, wholes)
	if clashes < 500 || wholes < 150 {
		t.Errorf("only %d expressions fail, and the names of only %d results tell series apart", clashes, wholes)
	}
}

// equalWithoutName reports whether an alert on the result fails (rules/alerting.go, Eval in 3.16).
func equalWithoutName(v promql.Vector) bool {
	seen := map[string]bool{}
	for _, s := range v {
		without := labels.NewBuilder(s.Metric).Del("__name__").Labels().String()
		if seen[without] {
			return true
		}
		seen[without] = true
	}
	return false
}

// alikeSeries are the metrics a, b_x and b_y, each with the same two series, and total and other, with one each.
func alikeSeries() storage.Queryable {
	var all []labels.Labels
	for _, name := range []string{"a", "b_x", "b_y"} {
		for _, job := range []string{"p", "q"} {
			all = append(all, labels.FromStrings("__name__", name, "job", job, "instance", "i"))
		}
	}
	all = append(all, labels.FromStrings("__name__", "total", "job", "p", "instance", "i"), labels.FromStrings("__name__", "other", "job", "z", "instance", "i"))
	samples := chunks.GenerateSamples(951, 50)
	return &storage.MockQueryable{MockQuerier: &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		var found []storage.Series
		for _, metric := range all {
			matches := true
			for _, m := range matchers {
				matches = matches && m.Matches(metric.Get(m.Name))
			}
			if matches {
				found = append(found, storage.NewListSeries(metric, samples))
			}
		}
		return &foundSeries{series: found, at: -1}
	}}}
}

type foundSeries struct {
	series []storage.Series
	at     int
}

func (f *foundSeries) Next() bool                        { f.at++; return f.at < len(f.series) }
func (f *foundSeries) At() storage.Series                { return f.series[f.at] }
func (f *foundSeries) Err() error                        { return nil }
func (f *foundSeries) Warnings() annotations.Annotations { return nil }

type clashGenerator struct{ *rand.Rand }

func (g clashGenerator) pick(texts ...string) string { return texts[g.IntN(len(texts))] }

func (g clashGenerator) selector() string {
	return g.pick("a", `{__name__="a"}`, `{__name__=~"a"}`, `{__name__=~"a|b_x"}`, `{__name__=~"b_(x|y)"}`, `{__name__=~"b_.+"}`, `{job=~".+"}`, `{__name__=~"b_.+",job=~"p|q"}`)
}

// vector returns an expression whose result is never empty.
func (g clashGenerator) vector(depth int) string {
	if depth == 0 {
		return g.selector()
	}
	of := g.vector(depth - 1)
	switch g.IntN(8) {
	case 0:
		return g.pick("abs", "-", "+", "sort", "timestamp", "", "ceil") + "(" + of + ")"
	case 1:
		return fmt.Sprintf(g.pick("sum(%s)", "sum by (job) (%s)", "sum without (job) (%s)", "max by (__name__) (%s)", "max by (__name__, job) (%s)", "topk(100, %s)", `count_values("v", %s)`), of)
	case 2:
		return fmt.Sprintf(g.pick("(%s) * 2", "2 - (%s)", "(%s) < 1e18", "(%s) > bool 0", "-1e18 < (%s)", "-(%s)"), of)
	case 3:
		return fmt.Sprintf(g.pick("max_over_time((%s)[2s:1s])", "last_over_time((%s)[2s:1s])"), of)
	case 4:
		return fmt.Sprintf(g.pick("rate(%s[5m])", "max_over_time(%s[5m])", "first_over_time(%s[5m])", "abs(%s offset 1ms)"), g.selector())
	case 5:
		return fmt.Sprintf(g.pick("(%s) * on () group_left () sum(total)", "(%s) < on () group_left () (sum(total) + 1e18)", "sum(total) / on () group_right () (%s)"), of)
	case 6:
		return fmt.Sprintf(g.pick("(%s) and on () total", "(%s) unless on () nothing", "(%s) or other", "other or (%s)"), of)
	}
	return fmt.Sprintf(`label_replace(%s, "metric%d", "$1", "__name__", "(.*)")`, of, depth)
}
