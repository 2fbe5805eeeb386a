package rule

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var zeroDivision = validation.Check[*groupRule]{
	ID: "zero-division", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "One division by zero spoils the whole sum",
		Text: `A division by zero gives NaN (0/0) or infinity. Alone it is one series of many. Inside of ` + "`sum`, `avg`, `stddev` or `stdvar`" + ` it is the
result of the whole group: NaN, which no comparison but ` + "`!=`" + ` is true for, so that an alert on it stays silent. A rate is 0 as soon as one target has nothing to do.

Divide the sums (` + "`sum(rate(errors[5m])) / sum(rate(requests[5m]))`" + `), which is also the right average, or leave out what is idle:
` + "`avg(rate(errors[5m]) / (rate(requests[5m]) > 0))`" + `.

The check looks at divisors made of ` + "`rate`, `irate` and `increase`" + ` that nothing filters.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.labels == nil {
			return nil
		}
		var found []validation.Finding
		for _, d := range r.labels.zeroDivisions {
			f := r.place("expr").Finding(
				fmt.Sprintf("where the divisor is 0, the result of the whole %s is NaN or infinite", d.aggregation.Op),
				"divide the sums, or write (... > 0) for the divisor", d.by.String())
			f.Excerpt = r.excerpt(d.by.RHS)
			found = append(found, f)
		}
		return found
	},
}

// division is a division whose result is aggregated.
type division struct {
	aggregation *parser.AggregateExpr
	by          *parser.BinaryExpr
}

// zeroDivisionIn returns the division by what may be zero that makes an aggregation worthless. (The other aggregations
// pass over NaN, or count series: promql/engine.go, aggregation in 3.16.)
func zeroDivisionIn(n *parser.AggregateExpr) (division, bool) {
	switch n.Op {
	case parser.SUM, parser.AVG, parser.STDDEV, parser.STDVAR:
		by := divisionIn(n.Expr)
		return division{n, by}, by != nil
	}
	return division{}, false
}

// divisionIn returns the division whose results all are among those of an expression.
func divisionIn(e parser.Expr) *parser.BinaryExpr {
	switch n := unwrapExpr(e).(type) {
	case *parser.UnaryExpr:
		return divisionIn(n.Expr)
	case *parser.BinaryExpr:
		switch {
		case (n.Op == parser.DIV || n.Op == parser.MOD) && n.RHS.Type() == parser.ValueTypeVector && mayBeZero(n.RHS):
			return n
		case !isArithmetic(n.Op):
			return nil
		case n.LHS.Type() == parser.ValueTypeScalar:
			return divisionIn(n.RHS)
		case n.RHS.Type() == parser.ValueTypeScalar:
			return divisionIn(n.LHS)
		}
	}
	return nil
}

func isArithmetic(op parser.ItemType) bool {
	switch op {
	case parser.ADD, parser.SUB, parser.MUL, parser.DIV:
		return true
	}
	return false
}

// mayBeZero reports whether an expression gives 0 for what has nothing to do: a rate, or what is made of rates alone.
func mayBeZero(e parser.Expr) bool {
	switch n := unwrapExpr(e).(type) {
	case *parser.Call:
		return isRate(n.Func.Name)
	case *parser.AggregateExpr:
		switch n.Op {
		case parser.SUM, parser.AVG, parser.MIN, parser.MAX:
			return mayBeZero(n.Expr)
		}
	case *parser.BinaryExpr:
		left, right := n.LHS.Type() == parser.ValueTypeScalar, n.RHS.Type() == parser.ValueTypeScalar
		switch {
		case n.Op == parser.MUL && left:
			return mayBeZero(n.RHS)
		case (n.Op == parser.MUL || n.Op == parser.DIV) && right:
			return mayBeZero(n.LHS)
		case n.Op == parser.ADD && !left && !right:
			return mayBeZero(n.LHS) && mayBeZero(n.RHS)
		}
	}
	return false
}
