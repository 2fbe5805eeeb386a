package resultlabels_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"

	"github.com/promgate/promgate/promql/resultlabels"
)

// TestAgainstEngine evaluates random expressions over random series with Prometheus' engine, and holds what is
// known of the labels against the labels that come out. LABELS_EXPRESSIONS=100000 and LABELS_SEED=7 make
// another, longer run.
func TestAgainstEngine(t *testing.T) {
	count, seed := numberFrom(t, "LABELS_EXPRESSIONS", 6000), numberFrom(t, "LABELS_SEED", 1)
	for _, delayed := range []bool{false, true} {
		t.Run("DelayedNameRemoval="+strconv.FormatBool(delayed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 0))
			run := &comparison{t: t, delayed: delayed, engine: newEngine(delayed)}
			for range count / 2 {
				run.one(randomExpr(random), randomSeries(random))
			}
			run.report()
		})
	}
}

func newEngine(delayed bool) *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		Logger: slog.New(slog.DiscardHandler), MaxSamples: 1e6, Timeout: time.Minute, LookbackDelta: 5 * time.Minute,
		EnableAtModifier: true, EnableNegativeOffset: true, EnableDelayedNameRemoval: delayed, Parser: newParser(),
	})
}

func newParser() parser.Parser {
	return parser.NewParser(parser.Options{EnableExperimentalFunctions: true, EnableBinopFillModifiers: true})
}

// comparison counts what the expressions gave.
type comparison struct {
	t       *testing.T
	delayed bool
	engine  *promql.Engine

	refused, failed, empty, compared, known int
}

func (c *comparison) one(text string, series []storage.Series) {
	expr, err := newParser().ParseExpr(text)
	if err != nil {
		c.refused++
		return
	}
	query, err := c.engine.NewInstantQuery(c.t.Context(), memory(series), nil, text, time.Unix(600, 0))
	if err != nil {
		c.t.Fatalf("%s: %v", text, err)
	}
	defer query.Close()
	result := query.Exec(c.t.Context())
	if result.Err != nil {
		c.failed++
		return
	}
	vector, ok := result.Value.(promql.Vector)
	if !ok || len(vector) == 0 {
		c.empty++
		return
	}
	set := resultlabels.Of(expr, resultlabels.Options{DelayedNameRemoval: c.delayed}, nil)
	c.compared++
	if knowsSomething(set) {
		c.known++
	}
	for _, sample := range vector {
		if problem := wrong(set, sample.Metric); problem != "" {
			c.t.Errorf("%s\n  gives %s, but %s", text, sample.Metric, problem)
		}
	}
}

// report fails if the generator has come to give expressions that say nothing.
func (c *comparison) report() {
	c.t.Logf("%d compared, of %d of them something is known; %d refused by the parser, %d failed, %d without a result",
		c.compared, c.known, c.refused, c.failed, c.empty)
	all := c.compared + c.refused + c.failed + c.empty
	if c.compared*4 < all {
		c.t.Errorf("only %d of %d expressions have a result", c.compared, all)
	}
	least := 95
	if c.delayed {
		least = 35 // of a selector little is known but the name of the metric
	}
	if c.known*100 < c.compared*least {
		c.t.Errorf("something is known of %d of %d results only", c.known, c.compared)
	}
}

// wrong returns which statement about the labels a series disproves.
func wrong(set resultlabels.Set, metric labels.Labels) string {
	if set.None() != nil {
		return "there should be no series, for the label " + set.None().Label
	}
	problem := ""
	metric.Range(func(l labels.Label) {
		if v := set.Label(l.Name); !v.Admits(l.Value) {
			problem = "the label " + l.Name + " should not have the value " + l.Value
		}
	})
	for name, v := range set.Named() {
		if v.Guaranteed() && metric.Get(name) == "" {
			problem = "the label " + name + " should be there"
		}
	}
	return problem
}

func knowsSomething(set resultlabels.Set) bool {
	if set.Others().Known {
		return true
	}
	for _, v := range set.Named() {
		if v.Known || v.Guaranteed() {
			return true
		}
	}
	return false
}

func numberFrom(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// memory is a storage with some series.
type memory []storage.Series

func (m memory) Querier(_, _ int64) (storage.Querier, error) { return querier{m}, nil }

type querier struct{ series memory }

func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	var found []storage.Series
	for _, s := range q.series {
		if matchesAll(s.Labels(), matchers) {
			found = append(found, s)
		}
	}
	return &seriesSet{series: found, at: -1}
}

func matchesAll(metric labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(metric.Get(m.Name)) {
			return false
		}
	}
	return true
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
