package versions

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/promgate/promgate/dialect"
)

// A Grammar composes random expressions of the constructs on which releases differ, and of some on
// which they do not. Most of what it composes is valid in some release.
type Grammar struct {
	*rand.Rand

	words, calls []string
}

// NewGrammar returns a grammar that knows the functions, aggregations and keywords of the probes.
func NewGrammar(seed uint64, probes []Probe) *Grammar {
	g := &Grammar{Rand: rand.New(rand.NewPCG(seed, 15))}
	for _, p := range probes {
		switch p.Kind {
		case dialect.MetricKeyword:
			g.words = append(g.words, p.Name)
		case dialect.Function, dialect.Aggregation:
			g.calls = append(g.calls, p.Exprs[0])
		default:
		}
	}
	return g
}

func (g *Grammar) pick(of ...string) string { return of[g.IntN(len(of))] }

// rarely returns the text now and then.
func (g *Grammar) rarely(n int, text string) string {
	if g.IntN(n) == 0 {
		return text
	}
	return ""
}

// Expr returns an expression, most of the time of type instant vector.
func (g *Grammar) Expr(depth int) string {
	if depth <= 0 {
		return g.pick(g.selector(), g.selector(), g.number(), g.calls[g.IntN(len(g.calls))])
	}
	switch g.IntN(8) {
	case 0, 1:
		return g.Expr(depth-1) + " " + g.operator() + " " + g.Expr(depth-1)
	case 2:
		return g.pick("sum", "min", "max", "Group", "limitk", "topk", "quantile") + g.pick("", " by "+g.labels(), " without "+g.labels()) +
			"(" + g.pick("", "", "1, ", "5m, ") + g.Expr(depth-1) + ")"
	case 3:
		return g.pick("rate", "increase", "first_over_time", "mad_over_time", "holt_winters", "ts_of_max_over_time", "absent_over_time", "last_over_time") +
			"(" + g.selector() + "[" + g.duration(2) + g.rarely(4, ":"+g.duration(1)) + "]" + g.rarely(4, g.pick(" smoothed", " anchored")) + g.offset() + ")"
	case 4:
		return "max_over_time((" + g.Expr(depth-1) + ")[" + g.duration(1) + ":" + g.rarely(2, g.duration(1)) + "]" + g.offset() + ")"
	case 5:
		return "(" + g.Expr(depth-1) + ")" + g.rarely(6, g.offset())
	case 6:
		return g.pick("-", "+", "abs", "clamp_max", "vector", "predict_linear", "histogram_avg", "start", "end", "min_of") + "(" + g.Expr(depth-1) + g.rarely(3, ", "+g.number()) + ")"
	}
	return g.calls[g.IntN(len(g.calls))]
}

func (g *Grammar) operator() string {
	op := g.pick("+", "-", "*", "/", "%", "^", "atan2", "</", ">/", ">", "==", "and", "or", "unless")
	return op + g.rarely(8, " bool") + g.pick("", "", " on "+g.labels(), " ignoring "+g.labels()) +
		g.rarely(6, g.pick(" group_left ", " group_right ")+g.labels()) + g.rarely(8, g.pick(" fill (0)", " fill_left(-1)", " fill_right(1_0)", " fill_left (0) fill_right (5m)"))
}

func (g *Grammar) selector() string {
	name := g.pick("up", "a:b", g.words[g.IntN(len(g.words))], "", "a.b")
	matchers := "{" + strings.Join(g.some(g.matcher), ",") + g.rarely(8, ",") + "}"
	if name != "" && name != "a.b" && g.IntN(2) == 0 {
		matchers = ""
	}
	if name == "a.b" && g.IntN(4) > 0 {
		name = ""
	}
	return name + matchers + g.rarely(12, g.pick(" smoothed", " anchored")) + g.rarely(5, g.offset())
}

func (g *Grammar) matcher() string {
	return g.pick(`a="b"`, `b=~"(?<n>c)"`, `c!~"d|e(?P<n>f)"`, `"d"="e"`, `"d.e"!="f"`, `"metric"`, `'a.b'`, g.words[g.IntN(len(g.words))]+`="x"`)
}

func (g *Grammar) labels() string {
	return "(" + strings.Join(g.some(func() string {
		return g.pick("a", "job", `"a"`, `'a.b'`, "`x y`", "a:b", g.words[g.IntN(len(g.words))])
	}), ", ") + g.rarely(8, ",") + ")"
}

// some returns up to three texts.
func (g *Grammar) some(of func() string) []string {
	var all []string
	for range g.IntN(4) {
		all = append(all, of())
	}
	return all
}

func (g *Grammar) offset() string {
	return g.pick("", " offset "+g.pick("", "-", "+")+g.duration(1), " @ "+g.pick("", "-")+g.number(), " @ start()", " @ end()", " offset -5m", "@ 1 offset 5m")
}

func (g *Grammar) duration(depth int) string {
	if depth <= 0 || g.IntN(3) == 0 {
		return g.pick("5m", "1h30m", "30s", "10m", "300", "1_0", "1e2", "0x10", "1.5", "step()", "range()", "min_of(5m, 10)", "1ms", "0s", "0")
	}
	a, b := g.duration(depth-1), g.duration(depth-1)
	return g.pick("5m", "5m", a, a+g.pick(" + ", " - ", "*", "/", "%", "^")+b, "("+a+")", "-("+a+")", "+("+a+")", "-"+a, "+"+a, fmt.Sprintf("max_of(%s, %s)", a, b), fmt.Sprintf("min(%s, %s)", a, b))
}

func (g *Grammar) number() string {
	return g.pick("1", "0.5", "1e3", "0x1F", "1_000", "5m", "1h30m", "Inf", "NaN", "0x_1F", ".5", "1e1_0")
}
