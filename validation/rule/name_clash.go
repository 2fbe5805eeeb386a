package rule

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/promql/resultlabels"
)

// nameClashes finds the nodes that drop the name of a metric from series of several metrics: two series that only the name
// tells apart are then equal, and the engine fails (promql/engine.go, mergeSeriesWithSameLabelset and ContainsSameLabelset in 3.16).
type nameClashes struct {
	// several holds the nodes whose series may be of several metrics, each with the node that these come
	// from. It is nil in nearly all expressions.
	several map[parser.Expr]parser.Expr
	found   []nameClash
}

// nameClash is a node that drops names, or pairs series without looking at them.
type nameClash struct {
	by, of parser.Expr
}

// note looks at a node after its operands.
func (c *nameClashes) note(step resultlabels.Step) {
	if n, ok := step.Node.(*parser.VectorSelector); ok {
		if step.Result.None() == nil && isOfSeveral(step.Result) && !isRenamed(n) {
			c.set(n, n)
		}
		return
	}
	if len(c.several) == 0 && !groupsByName(step.Node) {
		return
	}
	dropsName := step.Result.Label(model.MetricNameLabel).Impossible()
	switch n := step.Node.(type) {
	case *parser.ParenExpr:
		c.set(n, c.several[n.Expr])
	case *parser.StepInvariantExpr:
		c.set(n, c.several[n.Expr])
	case *parser.SubqueryExpr:
		c.set(n, c.several[n.Expr])
	case *parser.MatrixSelector:
		c.set(n, c.several[n.VectorSelector])
	case *parser.UnaryExpr:
		c.pass(n, c.several[n.Expr], dropsName)
	case *parser.AggregateExpr:
		switch {
		case n.Op == parser.TOPK, n.Op == parser.BOTTOMK, n.Op == parser.LIMITK, n.Op == parser.LIMIT_RATIO:
			c.set(n, c.several[n.Expr])
		case groupsByName(n) && isOfSeveral(step.Result) && (len(n.Grouping) == 1 || c.hasSeveral(n.Expr) && hasSeveralNames(step.Result)):
			c.set(n, n)
		}
	case *parser.BinaryExpr:
		c.binary(n, dropsName)
	case *parser.Call:
		c.call(n, dropsName)
	}
}

func (c *nameClashes) set(n, of parser.Expr) {
	if of == nil {
		return
	}
	if c.several == nil {
		c.several = map[parser.Expr]parser.Expr{}
	}
	c.several[n] = of
}

// hasSeveral reports whether an expression selects series of several metrics.
func (c *nameClashes) hasSeveral(e parser.Expr) bool {
	return holdsNode(e, func(n parser.Node) bool {
		selector, ok := n.(*parser.VectorSelector)
		return ok && c.several[selector] != nil
	})
}

// pass notes a node that has the series of its operand.
func (c *nameClashes) pass(n, of parser.Expr, dropsName bool) {
	switch {
	case of == nil:
	case dropsName:
		c.found = append(c.found, nameClash{n, of})
	default:
		c.set(n, of)
	}
}

func (c *nameClashes) binary(n *parser.BinaryExpr, dropsName bool) {
	left, right := c.several[n.LHS], c.several[n.RHS]
	m := n.VectorMatching
	switch {
	case m == nil && left != nil:
		c.pass(n, left, dropsName)
	case m == nil:
		c.pass(n, right, dropsName)
	case n.Op == parser.LAND, n.Op == parser.LUNLESS:
		c.set(n, left)
	case n.Op == parser.LOR:
		// The series of the two sides differ in a label that is compared, which is not the name.
		c.set(n, left)
		c.set(n, right)
	case slices.Contains(m.MatchingLabels, model.MetricNameLabel) == m.On && m.On:
		if left != nil && right != nil {
			c.pass(n, left, !n.Op.IsComparisonOperator() || n.ReturnBool)
		}
	case m.Card == parser.CardManyToOne && right == nil:
		c.pass(n, left, dropsName)
	case m.Card == parser.CardOneToMany && left == nil:
		c.pass(n, right, dropsName)
	case left != nil:
		c.pass(n, left, true)
	case right != nil:
		c.pass(n, right, true)
	}
}

// call notes a function. One that is given the name of the label, such as label_replace, can keep series apart.
func (c *nameClashes) call(n *parser.Call, dropsName bool) {
	if isAbsent(n) || n.Func.ReturnType == parser.ValueTypeScalar || n.Func.Name == "info" || strings.HasPrefix(n.Func.Name, "histogram_") {
		return
	}
	var of parser.Expr
	for _, arg := range n.Args {
		if text, ok := unwrapExpr(arg).(*parser.StringLiteral); ok && text.Val == model.MetricNameLabel {
			return
		}
		if s := c.several[arg]; s != nil && of == nil {
			of = s
		}
	}
	if n.Func.Name != "vector" {
		c.pass(n, of, dropsName)
	}
}

func groupsByName(n parser.Expr) bool {
	a, ok := n.(*parser.AggregateExpr)
	return ok && !a.Without && slices.Contains(a.Grouping, model.MetricNameLabel)
}

// isOfSeveral reports whether the series of a result may be of several metrics that one target may have.
func isOfSeveral(s resultlabels.Set) bool {
	v := s.Label(model.MetricNameLabel)
	if v.Impossible() {
		return false
	}
	return !v.Known || v.MayLack || !areSpellings(v.Values)
}

// hasSeveralNames reports whether the series of a result may have several names, not counting those that have none.
func hasSeveralNames(s resultlabels.Set) bool {
	v := s.Label(model.MetricNameLabel)
	return !v.Known || len(v.Values) > 1
}

// isRenamed reports whether a pattern like requests(_total)? stands for one metric before and after it was renamed.
func isRenamed(n *parser.VectorSelector) bool {
	for _, m := range n.LabelMatchers {
		if m.Name != model.MetricNameLabel || m.Type != labels.MatchRegexp || len(m.Value) > maxNamePattern || !strings.Contains(m.Value, "?") {
			continue
		}
		re, err := syntax.Parse(m.Value, syntax.Perl)
		if err != nil {
			return false
		}
		names, ok := expansions(re)
		return ok && areSpellings(names)
	}
	return false
}

// The bounds on what is made of a pattern.
const (
	maxNamePattern = 200 // in bytes
	maxNames       = 16
)

// expansions returns all texts that an expression without repetitions matches.
func expansions(re *syntax.Regexp) (all []string, ok bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}, true
	case syntax.OpEmptyMatch:
		return []string{""}, true
	case syntax.OpCapture:
		return expansions(re.Sub[0])
	case syntax.OpQuest:
		all, ok = expansions(re.Sub[0])
		return append(all, ""), ok
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			some, ok := expansions(sub)
			if all = append(all, some...); !ok || len(all) > maxNames {
				return nil, false
			}
		}
		return all, true
	case syntax.OpConcat:
		all = []string{""}
		for _, sub := range re.Sub {
			ends, ok := expansions(sub)
			if !ok || len(all)*len(ends) > maxNames {
				return nil, false
			}
			var longer []string
			for _, text := range all {
				for _, end := range ends {
					longer = append(longer, text+end)
				}
			}
			all = longer
		}
		return all, true
	}
	return nil, false
}

// areSpellings reports whether all names look like one metric.
func areSpellings(names []string) bool {
	for i, name := range names {
		if slices.ContainsFunc(names[:i], func(other string) bool { return !isSpelling(name, other) }) {
			return false
		}
	}
	return true
}

// isSpelling reports whether two names look like one metric before and after it was renamed, of which no target has both:
// the words of one are among those of the other, as in requests_total and request_count_total.
func isSpelling(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest := strings.Split(b, "_")
	for word := range strings.SplitSeq(a, "_") {
		i := slices.IndexFunc(rest, func(w string) bool { return strings.TrimSuffix(w, "s") == strings.TrimSuffix(word, "s") })
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
	}
	return true
}
