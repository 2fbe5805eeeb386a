package rule

import (
	"log/slog"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

func newEngine() *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{Logger: slog.New(slog.DiscardHandler), MaxSamples: 1e6, Timeout: time.Minute, Parser: parser.NewParser(parser.Options{})})
}

// resultOf returns what Prometheus' engine says of an expression over alikeSeries, and the expression.
func resultOf(t *testing.T, text string) (promql.Vector, parser.Expr) {
	t.Helper()
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	query, err := newEngine().NewInstantQuery(t.Context(), alikeSeries(), nil, text, time.UnixMilli(1000))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer query.Close()
	result := query.Exec(t.Context())
	if result.Err != nil {
		t.Fatalf("%s: %v", text, result.Err)
	}
	return slices.Clone(result.Value.(promql.Vector)), expr
}

// TestUnpairedAgainstEngine pairs the result of absent with series that have the label job: where no pair is said to exist, and and
// the arithmetic operators give nothing, and unless gives all.
func TestUnpairedAgainstEngine(t *testing.T) {
	for _, absent := range []string{"absent(no)", `absent(no{job="p"})`, `absent(no{job=~"p|q"})`, `absent((no{job="p"}))`, `absent(no{job="p"} > 0)`, "absent_over_time(no[5m])", "absent(no) * 2", `-absent(no{job="p",job="q"})`} {
		for _, matching := range []string{"", "on () ", "on (job) ", "ignoring (job) ", "on (pod) "} {
			for _, sides := range [][2]string{{"a", absent}, {absent, "a"}} {
				for _, op := range []string{"and", "unless"} {
					text := sides[0] + " " + op + " " + matching + sides[1]
					got, expr := resultOf(t, text)
					all, _ := resultOf(t, sides[0])
					unpaired := len(got) == 0
					if op == "unless" {
						unpaired = len(got) == len(all)
					}
					if said := len(analyseLabels(expr).unpaired) > 0; said && !unpaired {
						t.Errorf("%s gives %s, but no pair is said to exist", text, got)
					} else if !said && unpaired && matching == "on (job) " {
						t.Errorf("%s gives %s: there is no pair, and nothing is said of it", text, got)
					}
				}
			}
		}
	}
}

// TestZeroDivisionAgainstEngine divides by 0: the results of which the check warns are not finite.
func TestZeroDivisionAgainstEngine(t *testing.T) {
	for text, want := range map[string]bool{
		`sum(rate(a[5m]) / (rate(a[5m]) * 0))`:                           true,
		`avg by (job) (rate(a[5m]) / (rate(a[5m]) * 0))`:                 true,
		`sum((rate(a[5m]) * 0) / (rate(a[5m]) * 0)) + 1`:                 true,
		`stddev(2 * -(rate(a[5m]) / (rate(a[5m]) * 0)))`:                 true,
		`stdvar(rate(a[5m]) / sum by (job, instance) (rate(a[5m]) * 0))`: true,
		`sum(rate(a[5m]) % (rate(a[5m]) * 0))`:                           true,
		`count(rate(a[5m]) / (rate(a[5m]) * 0))`:                         false,
		`group(rate(a[5m]) / (rate(a[5m]) * 0))`:                         false,
		`sum((rate(a[5m]) / (rate(a[5m]) * 0)) < 1e9)`:                   false,
		`sum(rate(a[5m]) / ((rate(a[5m]) * 0) > 0))`:                     false,
		`sum(rate(a[5m]) / clamp_min(rate(a[5m]) * 0, 1))`:               false,
		`sum(rate(a[5m]) / (rate(a[5m]) * 0 + 1))`:                       false,
		`sum(rate(a[5m])) / sum(rate(a[5m]))`:                            false,
		`sum(rate(a[5m]) / 2) + sum(rate(a[5m]) / (a or vector(1)))`:     false,
	} {
		got, expr := resultOf(t, text)
		bad := slices.ContainsFunc(got, func(s promql.Sample) bool { return math.IsNaN(s.F) || math.IsInf(s.F, 0) })
		if said := len(analyseLabels(expr).zeroDivisions) > 0; said != want || bad != want {
			t.Errorf("%s gives %s; the check warns: %t, want %t", text, got, said, want)
		}
	}
}
