package rule

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// inspectNodes calls visit for each node of an expression. (parser.Inspect also passes the
// path to each node, which is slow on deep expressions.)
func inspectNodes(n parser.Node, visit func(parser.Node)) {
	visit(n)
	for child := range parser.ChildrenIter(n) {
		inspectNodes(child, visit)
	}
}

// holdsNode reports whether is returns true for any node of the expression.
func holdsNode(expr parser.Expr, is func(parser.Node) bool) bool {
	found := false
	inspectNodes(expr, func(n parser.Node) { found = found || is(n) })
	return found
}

// unwrapExpr returns the expression inside of parentheses and step-invariant wrappers.
func unwrapExpr(expr parser.Expr) parser.Expr {
	for {
		switch e := expr.(type) {
		case *parser.ParenExpr:
			expr = e.Expr
		case *parser.StepInvariantExpr:
			expr = e.Expr
		default:
			return expr
		}
	}
}

// resultLabels returns the labels that the result of an expression can have at most, or
// nil if they are not known: a plain selector returns the labels of the targets.
func resultLabels(expr parser.Expr) map[string]bool {
	switch e := unwrapExpr(expr).(type) {
	case *parser.AggregateExpr:
		return aggregateLabels(e)
	case *parser.BinaryExpr:
		return binaryLabels(e)
	case *parser.UnaryExpr:
		return resultLabels(e.Expr)
	case *parser.Call:
		return callLabels(e)
	case *parser.NumberLiteral:
		return map[string]bool{}
	}
	return nil
}

func aggregateLabels(e *parser.AggregateExpr) map[string]bool {
	switch e.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return resultLabels(e.Expr) // they select series, and keep their labels
	}
	set := setOf(e.Grouping)
	if e.Without {
		set = withoutNames(resultLabels(e.Expr), e.Grouping)
	}
	if e.Op == parser.COUNT_VALUES {
		name, ok := unwrapExpr(e.Param).(*parser.StringLiteral)
		if !ok {
			return nil
		}
		set = unionOf(set, setOf([]string{name.Val}))
	}
	return set
}

func binaryLabels(e *parser.BinaryExpr) map[string]bool {
	left, right := e.LHS.Type() == parser.ValueTypeVector, e.RHS.Type() == parser.ValueTypeVector
	switch {
	case !left && !right:
		return map[string]bool{}
	case !right:
		return resultLabels(e.LHS)
	case !left:
		return resultLabels(e.RHS)
	case e.Op == parser.LAND, e.Op == parser.LUNLESS:
		return resultLabels(e.LHS)
	case e.Op == parser.LOR:
		return unionOf(resultLabels(e.LHS), resultLabels(e.RHS))
	}

	match := e.VectorMatching
	if match.FillValues.LHS != nil || match.FillValues.RHS != nil {
		return nil // the labels come from either side
	}
	switch match.Card {
	case parser.CardManyToOne:
		return unionOf(resultLabels(e.LHS), setOf(match.Include))
	case parser.CardOneToMany:
		return unionOf(resultLabels(e.RHS), setOf(match.Include))
	}
	if match.On {
		return setOf(match.MatchingLabels)
	}
	return withoutNames(resultLabels(e.LHS), match.MatchingLabels)
}

// callLabels returns the labels of a function's result: some functions keep all labels of
// their argument, some set their own.
func callLabels(e *parser.Call) map[string]bool {
	switch e.Func.Name {
	case "absent", "absent_over_time":
		return absentLabels(e.Args[0])
	case "vector", "scalar", "time", "pi":
		return map[string]bool{}
	case "label_replace", "label_join":
		name, ok := unwrapExpr(e.Args[1]).(*parser.StringLiteral)
		if !ok {
			return nil
		}
		return unionOf(resultLabels(e.Args[0]), setOf([]string{name.Val}))
	case "abs", "ceil", "floor", "round", "clamp", "clamp_min", "clamp_max", "exp", "ln", "log2", "log10", "sqrt", "sgn", "sort", "sort_desc":
		return resultLabels(e.Args[0])
	}
	return nil
}

// absentLabels returns the labels of absent(), as Prometheus' createLabelsForAbsentFunction
// does: those that the selector compares for equality, once each.
func absentLabels(arg parser.Expr) map[string]bool {
	selector, ok := unwrapExpr(arg).(*parser.VectorSelector)
	if m, isMatrix := unwrapExpr(arg).(*parser.MatrixSelector); isMatrix {
		selector, ok = m.VectorSelector.(*parser.VectorSelector)
	}
	if !ok {
		return map[string]bool{}
	}
	set := map[string]bool{}
	for _, m := range selector.LabelMatchers {
		if m.Type == labels.MatchEqual && m.Name != model.MetricNameLabel {
			set[m.Name] = true
		}
	}
	return set
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// unionOf returns the labels of both sets. It is nil, which means any label, if one is nil.
func unionOf(a, b map[string]bool) map[string]bool {
	if a == nil || b == nil {
		return nil
	}
	all := make(map[string]bool, len(a)+len(b))
	for n := range a {
		all[n] = true
	}
	for n := range b {
		all[n] = true
	}
	return all
}

// withoutNames returns a set without some names; nil for nil.
func withoutNames(set map[string]bool, names []string) map[string]bool {
	if set == nil {
		return nil
	}
	left := unionOf(set, map[string]bool{})
	for _, n := range names {
		delete(left, n)
	}
	return left
}
