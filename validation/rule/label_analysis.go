package rule

import (
	"fmt"
	"slices"
	"strings"

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
	// oneSided are the operations of which one side is grouped by a label that the other side has lost.
	oneSided []resultlabels.Contradiction
}

// analyseLabels looks at each node of an expression. It supposes that the feature flag
// promql-delayed-name-removal is not set, so that nothing may be said about the name of a metric.
func analyseLabels(expr parser.Expr) *labelAnalysis {
	a := &labelAnalysis{}
	a.result = resultlabels.Of(expr, resultlabels.Options{}, func(step resultlabels.Step) {
		a.note(step.Node)
		if none := step.Result.None(); none != nil && none.By == step.Node {
			a.conflicts = append(a.conflicts, *none)
			return
		}
		if n, ok := step.Node.(*parser.BinaryExpr); ok && len(step.Operands) == 2 {
			if c, ok := oneSided(n, step.Operands[0], step.Operands[1]); ok {
				a.oneSided = append(a.oneSided, c)
			}
		}
	})
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
	}
}

// oneSided returns the first label that has to be equal on both sides, by which one side is grouped, and which
// the other side cannot have. The two sides then match only where the first one lacks the label that it is
// grouped by.
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
	found := groupedBy(n.LHS, isOneSided) || groupedBy(n.RHS, isOneSided)
	return c, found
}

// groupedBy reports whether the answer is yes for any of the labels by which an expression is aggregated, if it is an
// aggregation, or several that are joined. It asks no more after that.
func groupedBy(e parser.Expr, is func(name string) bool) bool {
	switch n := unwrapExpr(e).(type) {
	case *parser.AggregateExpr:
		return !n.Without && slices.ContainsFunc(n.Grouping, is)
	case *parser.BinaryExpr:
		return groupedBy(n.LHS, is) || groupedBy(n.RHS, is)
	}
	return false
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
