package resultlabels

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// Options are what the result depends on besides the expression.
type Options struct {
	// DelayedNameRemoval is the feature flag promql-delayed-name-removal: the name of the metric is dropped at
	// the very end, so that until then operators see it. Nothing is known of it then.
	DelayedNameRemoval bool
}

// A Step is one node of an expression, and what is known of its result.
type Step struct {
	Node   parser.Expr
	Result Set
	// Operands are the results of the two sides of a binary operation, or of the expression that is aggregated.
	Operands []Set
}

// maxWork bounds how many labels are copied from node to node. After that nothing is known. It is enough
// for a hundred operators over a thousand labels.
const maxWork = 100_000

// metadataLabels are the labels that Prometheus treats like the name of a metric
// (schema.IsMetadataLabel in 3.16).
var metadataLabels = []string{model.MetricNameLabel, model.MetricTypeLabel, model.MetricUnitLabel}

// Of returns what is known of the labels of an expression's result. An expression that is a scalar or
// a string has none. If visit is not nil, it is called for each node that has a value, operands
// before operations.
func Of(expr parser.Expr, o Options, visit func(Step)) Set {
	a := &analyser{options: o, visit: visit}
	result := a.expr(expr)
	result.labels, result.in = slices.Clone(result.labels), nil // without what is known of the other nodes
	return result
}

type analyser struct {
	options Options
	visit   func(Step)
	work    int
	memory  memory
}

func (a *analyser) expr(e parser.Expr) Set {
	result, operands := a.result(e)
	if a.options.DelayedNameRemoval {
		result = forgetName(result)
	}
	if a.work += len(result.labels); a.work > maxWork {
		result = unknown()
	}
	if a.visit != nil {
		a.visit(Step{Node: e, Result: result, Operands: operands})
	}
	return result
}

func (a *analyser) result(e parser.Expr) (result Set, operands []Set) {
	switch n := e.(type) {
	case *parser.ParenExpr:
		return a.expr(n.Expr), nil
	case *parser.StepInvariantExpr:
		return a.expr(n.Expr), nil
	case *parser.SubqueryExpr:
		return a.expr(n.Expr), nil
	case *parser.MatrixSelector:
		return a.expr(n.VectorSelector), nil
	case *parser.VectorSelector:
		return ofSelector(n, &a.memory), nil
	case *parser.NumberLiteral, *parser.StringLiteral:
		return noLabels(e), nil
	case *parser.UnaryExpr:
		result = a.expr(n.Expr)
		if n.Op == parser.SUB {
			result = a.dropName(result, n)
		}
		return result, nil
	case *parser.AggregateExpr:
		if n.Param != nil {
			a.expr(n.Param)
		}
		operand := a.expr(n.Expr)
		return ofAggregation(n, operand), a.memory.sets(operand)
	case *parser.BinaryExpr:
		left, right := a.expr(n.LHS), a.expr(n.RHS)
		return a.binary(n, left, right), a.memory.sets(left, right)
	case *parser.Call:
		return a.call(n), nil
	}
	return unknown(), nil
}

// dropName takes the name of the metric, and what is treated like it.
func (a *analyser) dropName(s Set, by parser.Node) Set {
	if a.options.DelayedNameRemoval {
		return forgetName(s)
	}
	return s.without(by)
}

// without returns the set without the name of the metric, and without some labels. Nothing is said of labels that
// are treated like the name, unless something was known of them: that saves two labels for each node.
func (s Set) without(by parser.Node, names ...string) Set {
	var room [4]string // enough for nearly all calls
	taken := room[:0]
	for _, name := range metadataLabels {
		if _, ok := s.find(name); ok || name == model.MetricNameLabel && !s.rest.Impossible() {
			taken = append(taken, name)
		}
	}
	if taken = append(taken, names...); len(taken) == 0 {
		return s
	}
	return s.with(lacking(by), taken...)
}

// forgetName returns the set without what is known of the name of the metric, apart from that an
// aggregation has taken it.
func forgetName(s Set) Set {
	for _, name := range metadataLabels {
		if !s.Label(name).Impossible() {
			s = s.with(anything(), name)
		}
	}
	return s
}
