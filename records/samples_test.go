package records

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// TestNeedsTwoSamples asks Prometheus' engine which functions of a range give nothing if the range is as long as the
// interval between samples, at any time.
func TestNeedsTwoSamples(t *testing.T) {
	p := parser.NewParser(parser.Options{EnableExperimentalFunctions: true})
	engine := promql.NewEngine(promql.EngineOpts{Logger: slog.New(slog.DiscardHandler), MaxSamples: 1e6, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: p})
	var samples []chunks.Sample
	for i := range 41 {
		samples = append(samples, sample{int64(i) * 30_000, float64(i)})
	}
	series := memory{storage.NewListSeries(labels.FromStrings("__name__", "a"), samples)}
	results := func(text string) int {
		n := 0
		for second := range int64(30) {
			query, err := engine.NewInstantQuery(t.Context(), series, nil, text, time.Unix(600+second, 0))
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			vector, err := query.Exec(t.Context()).Vector()
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			n += len(vector)
			query.Close()
		}
		return n
	}
	needing := 0
	for name, f := range parser.Functions {
		if !slices.Contains(f.ArgTypes, parser.ValueTypeMatrix) || strings.HasPrefix(name, "absent") {
			continue
		}
		more := map[string]string{"predict_linear": ", 60", "double_exponential_smoothing": ", 0.5, 0.5"}[name]
		text := func(window string) string {
			if f.ArgTypes[0] == parser.ValueTypeScalar {
				return name + "(0.5, a[" + window + "])"
			}
			return name + "(a[" + window + "]" + more + ")"
		}
		if results(text("61s")) == 0 {
			continue // it is for histograms
		}
		nothing := results(text("30s")) == 0
		if nothing != NeedsTwoSamples(name) {
			t.Errorf("%s gives nothing: %t", text("30s"), nothing)
		}
		if nothing {
			needing++
			if results(text("31s")) == 0 {
				t.Errorf("%s gives nothing either", text("31s"))
			}
		}
	}
	if needing < 8 {
		t.Errorf("only %d functions need two samples", needing)
	}
}
