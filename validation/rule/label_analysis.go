package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promql/resultlabels"
)

// labelAnalysis is what is known of the labels in an expression, whatever the data.
type labelAnalysis struct {
	result resultlabels.Set
	// conflicts are the nodes that give no series, since a label would have to be two things.
	conflicts []resultlabels.Contradiction
	// selectors and comparisons are nodes of the expression, operands before operations.
	selectors   []*parser.VectorSelector
	comparisons []*parser.BinaryExpr
	texts       []*parser.StringLiteral
	// intersections are the operations with and.
	intersections []*parser.BinaryExpr
	// oneSided are the operations of which one side is grouped by a label that the other side has lost.
	oneSided []resultlabels.Contradiction
	// unpaired are the operations on the result of absent that pair nothing.
	unpaired []unpaired
	// targetLost are the operations on scraped series, and on a side that has lost the labels of their target.
	targetLost []targetLabelLost
	// nameClashes are the nodes that drop the name from series of several metrics. severalMetrics is the node that the
	// series of the result come from, if they may be of several metrics.
	nameClashes    []nameClash
	severalMetrics parser.Expr
	// vainGroupings are the aggregations by a label that is gone.
	vainGroupings []vainGrouping
	// zeroDivisions are the aggregations over divisions by what may be zero.
	zeroDivisions []division
}

// analyseLabels looks at each node of an expression. It supposes that the feature flag
// promql-delayed-name-removal is not set, so that nothing may be said about the name of a metric.
func analyseLabels(expr parser.Expr) *labelAnalysis {
	a := &labelAnalysis{}
	var clashes nameClashes
	a.result = resultlabels.Of(expr, resultlabels.Options{}, func(step resultlabels.Step) {
		a.note(step.Node)
		clashes.note(step)
		if none := step.Result.None(); none != nil && none.By == step.Node {
			a.conflicts = append(a.conflicts, *none)
			return
		}
		if n, ok := step.Node.(*parser.AggregateExpr); ok {
			if g, ok := vainGroupingOf(n, step.Operands[0]); ok {
				a.vainGroupings = append(a.vainGroupings, g)
			}
		}
		if n, ok := step.Node.(*parser.BinaryExpr); ok && len(step.Operands) == 2 {
			if c, ok := unequal(n, step.Operands[0], step.Operands[1]); ok {
				a.conflicts = append(a.conflicts, c)
			} else if u, ok := unpairedBy(n, step.Operands[0], step.Operands[1]); ok {
				a.unpaired = append(a.unpaired, u)
			} else if c, ok := oneSided(n, step.Operands[0], step.Operands[1]); ok {
				a.oneSided = append(a.oneSided, c)
			} else if t, ok := lostTargetLabel(n, step.Operands[0], step.Operands[1]); ok {
				a.targetLost = append(a.targetLost, t)
			}
		}
	})
	a.nameClashes, a.severalMetrics = clashes.found, clashes.several[expr]
	return a
}

func (a *labelAnalysis) note(n parser.Expr) {
	switch n := n.(type) {
	case *parser.VectorSelector:
		a.selectors = append(a.selectors, n)
	case *parser.BinaryExpr:
		if n.Op.IsComparisonOperator() {
			a.comparisons = append(a.comparisons, n)
		}
		if n.Op == parser.LAND {
			a.intersections = append(a.intersections, n)
		}
	case *parser.StringLiteral:
		a.texts = append(a.texts, n)
	case *parser.AggregateExpr:
		if d, ok := zeroDivisionIn(n); ok {
			a.zeroDivisions = append(a.zeroDivisions, d)
		}
	}
}

// unequal returns the first label that cannot be equal in the two sides of unless, which then takes nothing away. (Of
// the other operations the result has no series, which the analysis itself says.)
func unequal(n *parser.BinaryExpr, left, right resultlabels.Set) (resultlabels.Contradiction, bool) {
	if n.Op != parser.LUNLESS || left.None() != nil || right.None() != nil {
		return resultlabels.Contradiction{}, false
	}
	for name, l := range left.Named() {
		r := right.Label(name)
		if name == model.MetricNameLabel || slices.Contains(n.VectorMatching.MatchingLabels, name) != n.VectorMatching.On {
			continue
		}
		if l.Known && r.Known && (!l.MayLack || !r.MayLack) && !slices.ContainsFunc(l.Values, r.Admits) {
			return resultlabels.Contradiction{By: n, Label: name, Left: l, Right: r}, true
		}
	}
	return resultlabels.Contradiction{}, false
}

// oneSided returns the first label that has to be equal on both sides, which on (...) names or by which one side is grouped,
// and which the other side cannot have. The two sides then match only where the first one lacks that label.
func oneSided(n *parser.BinaryExpr, left, right resultlabels.Set) (resultlabels.Contradiction, bool) {
	m := n.VectorMatching
	if m == nil || n.Op == parser.LOR || m.FillValues.LHS != nil || m.FillValues.RHS != nil {
		return resultlabels.Contradiction{}, false
	}
	var c resultlabels.Contradiction
	isOneSided := func(name string) bool {
		if slices.Contains(m.MatchingLabels, name) != m.On {
			return false
		}
		l, r := left.Label(name), right.Label(name)
		c = resultlabels.Contradiction{By: n, Label: name, Left: l, Right: r}
		return l.Impossible() != r.Impossible()
	}
	found := m.On && slices.ContainsFunc(m.MatchingLabels, isOneSided) ||
		!m.On && (isGroupedBy(n.LHS, isOneSided) || isGroupedBy(n.RHS, isOneSided))
	return c, found
}

// isGroupedBy reports whether the answer is yes for any of the labels by which an expression is aggregated, if it is an
// aggregation, or several that are joined. It asks no more after that.
func isGroupedBy(e parser.Expr, is func(name string) bool) bool {
	switch n := unwrapExpr(e).(type) {
	case *parser.AggregateExpr:
		return !n.Without && slices.ContainsFunc(n.Grouping, is)
	case *parser.BinaryExpr:
		return isGroupedBy(n.LHS, is) || isGroupedBy(n.RHS, is)
	}
	return false
}

// groupedBy returns the labels by which an expression is aggregated, if it is an aggregation, or several that are joined.
func groupedBy(e parser.Expr) []string {
	var names []string
	isGroupedBy(e, func(name string) bool {
		names = append(names, name)
		return false
	})
	return names
}

// taker names the node that has taken a label: "sum by (job)".
func taker(v resultlabels.Value) string {
	switch n := v.By.(type) {
	case *parser.AggregateExpr:
		switch {
		case n.Without:
			return fmt.Sprintf("%s without (%s)", n.Op, strings.Join(n.Grouping, ", "))
		case len(n.Grouping) == 0:
			return n.Op.String() + "()"
		}
		return fmt.Sprintf("%s by (%s)", n.Op, strings.Join(n.Grouping, ", "))
	case *parser.Call:
		return n.Func.Name + "()"
	case *parser.BinaryExpr:
		if m := n.VectorMatching; m != nil && len(m.MatchingLabels) > 0 {
			if m.On {
				return fmt.Sprintf("%s on (%s)", n.Op, strings.Join(m.MatchingLabels, ", "))
			}
			return fmt.Sprintf("%s ignoring (%s)", n.Op, strings.Join(m.MatchingLabels, ", "))
		}
		return n.Op.String()
	case *parser.VectorSelector:
		return "the selector"
	}
	return ""
}
