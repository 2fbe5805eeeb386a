package rule

import (
	"fmt"
	"math"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var neverTrue = validation.Check[*groupRule]{
	ID: "never-true", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A comparison is never true",
		Text: `An aggregation over nothing gives nothing, not 0. So ` + "`count(up{job=\"api\"} == 1) == 0`" + ` is never true: as long as one target is
up the count is at least 1, and if none is, there is nothing to compare. Nor does any value meet ` + "`x > 10 and x < 5`" + `.

Count in another way (` + "`sum(up{job=\"api\"}) == 0`, or `count(...) or vector(0)`" + ` in parentheses), or ask for absence
(` + "`absent(up{job=\"api\"} == 1)`" + `).`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil {
			return nil
		}
		var found []validation.Finding
		for _, comparison := range r.labels.comparisons {
			if comparison.ReturnBool || !neverHolds(comparison) {
				continue
			}
			f := r.place("expr").Finding(
				fmt.Sprintf("%s is never true: an aggregation over nothing gives nothing, not 0", comparison),
				"compare (... or vector(0)), or use absent(...)", comparison.String())
			f.Excerpt = r.excerpt(comparison)
			found = append(found, f)
		}
		for _, and := range r.labels.intersections {
			if !excludeEachOther(and) {
				continue
			}
			f := r.place("expr").Finding(
				fmt.Sprintf("%s is never true: no value meets both comparisons", and), "write or, if one of them is enough, or other numbers", and.String())
			f.Excerpt = r.excerpt(and)
			found = append(found, f)
		}
		return found
	},
}

// neverHolds reports whether an aggregation is compared with a number that it never gets as low as.
func neverHolds(n *parser.BinaryExpr) bool {
	side, number, op := n.LHS, n.RHS, n.Op
	if _, ok := unwrapExpr(side).(*parser.NumberLiteral); ok {
		side, number, op = number, side, mirrored(op)
	}
	limit, ok := unwrapExpr(number).(*parser.NumberLiteral)
	if _, isAggregation := unwrapExpr(side).(*parser.AggregateExpr); !ok || !isAggregation {
		return false
	}
	least, ok := leastOf(side)
	if !ok {
		return false
	}
	switch op {
	case parser.EQLC, parser.LTE:
		return limit.Val < least.value || limit.Val == least.value && least.exclusive
	case parser.LSS:
		return limit.Val <= least.value
	}
	return false
}

// excludeEachOther reports whether the two sides compare the same series with numbers that leave no value.
func excludeEachOther(and *parser.BinaryExpr) bool {
	m := and.VectorMatching
	if m.On || len(m.MatchingLabels) > 0 {
		return false
	}
	left, l, ok := within(and.LHS)
	if !ok {
		return false
	}
	right, r, ok := within(and.RHS)
	if !ok || left.String() != right.String() || holdsNode(left, isUnnamed) {
		return false
	}
	return isAbove(l.least, r.most) || isAbove(r.least, l.most)
}

// isAbove reports whether no value is at least one bound, and at most the other.
func isAbove(least, most bound) bool {
	return least.value > most.value || least.value == most.value && (least.exclusive || most.exclusive)
}

// isUnnamed reports whether a selector has no name, so that series of different metrics match each other.
func isUnnamed(n parser.Node) bool {
	selector, ok := n.(*parser.VectorSelector)
	return ok && selector.Name == ""
}

// interval is what a comparison leaves.
type interval struct{ least, most bound }

// within returns what a comparison with a number compares, and what it leaves of that.
func within(e parser.Expr) (of parser.Expr, left interval, ok bool) {
	n, ok := unwrapExpr(e).(*parser.BinaryExpr)
	if !ok || n.ReturnBool {
		return nil, interval{}, false
	}
	side, number, op := n.LHS, n.RHS, n.Op
	if _, ok := unwrapExpr(side).(*parser.NumberLiteral); ok {
		side, number, op = number, side, mirrored(op)
	}
	limit, ok := unwrapExpr(number).(*parser.NumberLiteral)
	if !ok || side.Type() != parser.ValueTypeVector {
		return nil, interval{}, false
	}
	left = interval{bound{value: math.Inf(-1)}, bound{value: math.Inf(1)}}
	at := bound{value: limit.Val}
	switch op {
	case parser.EQLC:
		left = interval{at, at}
	case parser.GTE:
		left.least = at
	case parser.LTE:
		left.most = at
	case parser.GTR:
		left.least = bound{limit.Val, true}
	case parser.LSS:
		left.most = bound{limit.Val, true}
	default:
		return nil, interval{}, false
	}
	return unwrapExpr(side), left, true
}

// mirrored returns the operator that says the same of exchanged sides.
func mirrored(op parser.ItemType) parser.ItemType {
	switch op {
	case parser.GTR:
		return parser.LSS
	case parser.GTE:
		return parser.LTE
	case parser.LSS:
		return parser.GTR
	case parser.LTE:
		return parser.GTE
	}
	return op
}

// bound is what all values are at least, or more than; or at most, or less than.
type bound struct {
	value     float64
	exclusive bool
}

// leastOf returns a lower bound of the values of all series that an expression returns.
func leastOf(e parser.Expr) (bound, bool) {
	switch n := unwrapExpr(e).(type) {
	case *parser.AggregateExpr:
		switch n.Op {
		case parser.COUNT, parser.GROUP, parser.COUNT_VALUES:
			return bound{value: 1}, true
		case parser.SUM:
			least, ok := leastOf(n.Expr)
			return least, ok && least.value >= 0
		case parser.MIN, parser.MAX, parser.AVG, parser.TOPK, parser.BOTTOMK:
			return leastOf(n.Expr)
		}
	case *parser.BinaryExpr:
		if n.ReturnBool {
			return bound{}, false
		}
		side, number, op := n.LHS, n.RHS, n.Op
		if _, ok := unwrapExpr(side).(*parser.NumberLiteral); ok {
			side, number, op = number, side, mirrored(op)
		}
		limit, ok := unwrapExpr(number).(*parser.NumberLiteral)
		if !ok || side.Type() != parser.ValueTypeVector {
			return bound{}, false
		}
		switch op {
		case parser.EQLC, parser.GTE:
			return bound{value: limit.Val}, true
		case parser.GTR:
			return bound{value: limit.Val, exclusive: true}, true
		}
	}
	return bound{}, false
}
