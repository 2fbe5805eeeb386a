package exprcost_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/internal/exprcost"
)

func TestOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		expr   string
		want   exprcost.Cost
	}{
		"Empty":       {reason: "no expression, no cost", expr: ""},
		"Selector":    {reason: "matchers are linear", expr: `up{job="a", instance!~"b|c-d", x="(1+1)"}`},
		"Chain":       {reason: "a chain nests as deep as it is long", expr: "a + b == bool c", want: exprcost.Cost{Steps: 4, Chain: 2}},
		"Words":       {reason: "and, or, unless are operators", expr: "a and b OR c unless d", want: exprcost.Cost{Steps: 9, Chain: 3}},
		"Parentheses": {reason: "a parenthesis nests too", expr: "((a) + (b))", want: exprcost.Cost{Steps: 16, Chain: 4}},
		"AfterOn":     {reason: "on() is not followed by a call", expr: "a + on (x) (b + c)", want: exprcost.Cost{Steps: 9, Chain: 3, Labels: 1}},
		"AfterBool":   {reason: "bool is not followed by a call", expr: "a == bool (b + c)", want: exprcost.Cost{Steps: 9, Chain: 3}},
		"Call":        {reason: "the type of a function is fixed", expr: "abs(a + b) + abs(c + d)", want: exprcost.Cost{Steps: 3, Chain: 1}},
		"Arguments":   {reason: "arguments do not nest in each other", expr: "clamp(a + b, 1 + 1, 2 + 2)", want: exprcost.Cost{Steps: 3, Chain: 1}},
		"Aggregation": {reason: "nor does an aggregation", expr: "sum by (x, y) (a + b) + sum(c + d) by (z)", want: exprcost.Cost{Steps: 3, Chain: 1, Labels: 3}},
		"Lists":       {reason: "on is compared with group_left", expr: "a * on (x, y) group_left (u, v, w) b", want: exprcost.Cost{Steps: 1 + 2*2*3, Chain: 1, Labels: 5}},
		"Comment":     {reason: "comments are skipped", expr: "a # + b + c (\n + d # +", want: exprcost.Cost{Steps: 1, Chain: 1}},
		"Strings":     {reason: "strings are skipped, quotes in them too", expr: `label_join(a, "+\"+", '+', ` + "`+\\`" + `) + "+`, want: exprcost.Cost{Steps: 1, Chain: 1}},
		"Unbalanced":  {reason: "the parser stops at an extra parenthesis", expr: "a) + b + c", want: exprcost.Cost{}},
		"Regex":       {reason: "a repetition is expanded", expr: `a{b=~"x{9}"}`, want: exprcost.Cost{Steps: 200 * (3*9 - 2*4)}},
		"Escaped":     {reason: "as Prometheus reads it, without escapes", expr: `a{b=~"x\x7b9\x7d"}`, want: exprcost.Cost{Steps: 200 * (3*9 - 2*4)}},
		"EqualString": {reason: "not a regular expression", expr: `a{b="x{9}", c!="x{9}"}`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := exprcost.Of(tc.expr)
			got.Depth = tc.want.Depth // TestBound checks it
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestTime(t *testing.T) {
	if got := (exprcost.Cost{Steps: 100_000_000}).Time(); got != 500*time.Millisecond {
		t.Errorf("a chain of 10,000 operators takes %s", got)
	}
}

// TestBound counts the nodes that the parser visits when it checks the types of an expression, and
// checks that the estimate is not lower.
func TestBound(t *testing.T) {
	const repeated = 40
	for _, expr := range []string{
		"up == 0", "((1 + 2)) * -(3)", "a and (b or (c unless (d and (e))))", "a + on (x) (b + (c + (d)))", "a == bool (b == bool (c))",
		`sum by (a) (rate(x{b=~"c|d"}[5m])) / on (a) group_left (b, c) sum by (a) (y) > 0.5`, "-a ^ -b ^ -c", "max_over_time((a + b)[1h:5m] offset 1d) + 1",
		"clamp(a + b, 1 + 1, (2 + (3)))", "abs(abs(abs(a + b) + 1) + 2)", "sum(a + b) by (x) + count without (y) (c + d)", "vector(1) + scalar(a + b)",
		"a" + strings.Repeat(" + a", repeated), strings.Repeat("a ^ ", repeated) + "a", strings.Repeat("(", repeated) + "a" + strings.Repeat(")", repeated),
		strings.Repeat("abs(", repeated) + "a" + strings.Repeat(")", repeated), strings.Repeat("a + (", repeated) + "a" + strings.Repeat(")", repeated),
		strings.Repeat("sum by (x) (1 + ", repeated) + "a" + strings.Repeat(")", repeated), "1" + strings.Repeat(" == bool 1", repeated),
		strings.Repeat("max_over_time(", repeated) + "a" + strings.Repeat("[5m:])", repeated),
	} {
		e, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		visits, depth := visited(e)
		got := exprcost.Of(expr)
		if linear := 3 * len(expr); got.Steps+linear < visits {
			t.Errorf("%s: the parser makes %d visits, the estimate is %d", expr, visits, got.Steps)
		}
		if 2*got.Depth+2 < depth {
			t.Errorf("%s: nests %d deep, the estimate is %d", expr, depth, got.Depth)
		}
	}
}

// visited returns how many nodes the parser asks for their type, each time once (v0.316, checkAST),
// and how deep the expression nests, where the list of arguments is a level of its own.
func visited(n parser.Node) (visits, depth int) {
	if e, ok := n.(parser.Expr); ok {
		visits = typed(e)
	}
	for child := range parser.ChildrenIter(n) {
		v, d := visited(child)
		visits += v
		depth = max(depth, d)
	}
	return visits, depth + 1
}

// typed returns how many nodes the type of an expression depends on.
func typed(e parser.Expr) int {
	switch e := e.(type) {
	case *parser.BinaryExpr:
		return 1 + typed(e.LHS) + typed(e.RHS)
	case *parser.ParenExpr:
		return 1 + typed(e.Expr)
	case *parser.UnaryExpr:
		return 1 + typed(e.Expr)
	}
	return 1
}
