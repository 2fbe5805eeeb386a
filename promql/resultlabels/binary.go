package resultlabels

import (
	"cmp"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

func (a *analyser) binary(n *parser.BinaryExpr, left, right Set) Set {
	if n.LHS.Type() == parser.ValueTypeScalar && n.RHS.Type() == parser.ValueTypeScalar {
		return noLabels(n)
	}
	if n.LHS.Type() == parser.ValueTypeScalar || n.RHS.Type() == parser.ValueTypeScalar {
		vector := left
		if n.LHS.Type() == parser.ValueTypeScalar {
			vector = right
		}
		return a.named(n, vector)
	}
	if n.VectorMatching == nil {
		return unknown()
	}
	switch n.Op {
	case parser.LOR:
		return or(left, right)
	case parser.LUNLESS:
		return left
	}
	match := match{n.VectorMatching, n}
	if n.VectorMatching.FillValues.LHS != nil || n.VectorMatching.FillValues.RHS != nil {
		return a.filled(n, match, left, right)
	}
	many, one := left, right
	if n.VectorMatching.Card == parser.CardOneToMany {
		many, one = right, left
	}
	many = many.naming(match.MatchingLabels...)
	if !match.On && (many.rest.Known || one.rest.Known) {
		many = many.naming(metadataLabels...)
	}
	result := combine(many, one, len(n.VectorMatching.Include), func(name string, m, o Value) Value {
		if !match.compares(name) {
			return m
		}
		return m.both(o, n)
	})
	result.none = cmp.Or(left.none, right.none)
	if result.none == nil {
		result.none = match.contradiction(left, right)
	}
	if n.Op == parser.LAND {
		return result
	}
	return match.shape(a.named(n, result), func(name string) Value {
		if match.compares(name) {
			return result.Label(name)
		}
		return one.Label(name)
	})
}

// named takes the name of the metric if the operation gives another quantity than its operand: all
// arithmetic, and comparisons with bool.
func (a *analyser) named(n *parser.BinaryExpr, s Set) Set {
	switch {
	case n.Op.IsComparisonOperator() && !n.ReturnBool, n.Op == parser.TRIM_LOWER, n.Op == parser.TRIM_UPPER:
		return s
	}
	return a.dropName(s, n)
}

// or returns the labels of the series of both.
func or(left, right Set) Set {
	if left.none != nil {
		return right
	}
	if right.none != nil {
		return left
	}
	return combine(left, right, 0, func(_ string, l, r Value) Value { return l.either(r) })
}

// filled returns the labels of an operation with a fill modifier. A series that has no partner has the labels
// of its own side, or those alone that are compared.
func (a *analyser) filled(n *parser.BinaryExpr, match match, left, right Set) Set {
	result := combine(left, right, len(n.VectorMatching.Include), func(_ string, l, r Value) Value { return l.either(r).orLacking() })
	return match.shape(a.named(n, result), result.Label)
}

// match is how the series of two vectors are compared.
type match struct {
	*parser.VectorMatching

	by *parser.BinaryExpr
}

// compares reports whether a label has to be equal on both sides. The empty name stands for all labels of
// which nothing is known.
func (m match) compares(name string) bool {
	if m.On {
		return slices.Contains(m.MatchingLabels, name)
	}
	return !slices.Contains(m.MatchingLabels, name) && !slices.Contains(metadataLabels, name)
}

// contradiction returns the first label that cannot be equal.
func (m match) contradiction(left, right Set) *Contradiction {
	var first *Contradiction
	eachOf(left, right, func(name string, l, r Value) {
		if first == nil && m.compares(name) && l.both(r, m.by).contradicts() {
			first = &Contradiction{By: m.by, Label: name, Left: l, Right: r}
		}
	})
	return first
}

// shape takes the labels that the matching takes, and adds those that group_left or group_right includes, in a set that nobody
// else has yet.
func (m match) shape(s Set, included func(name string) Value) Set {
	switch {
	case m.Card == parser.CardOneToOne && m.On:
		return s.only(m.MatchingLabels, m.by)
	case m.Card == parser.CardOneToOne:
		return s.with(lacking(m.by), m.MatchingLabels...)
	}
	var room [4]Value // enough for nearly all operations
	values := room[:0]
	for _, name := range m.Include {
		v := included(name)
		v.By = m.by
		values = append(values, v)
	}
	for i, name := range m.Include { // not before all are known: included may read the same labels
		s = s.set(name, values[i])
	}
	return s
}
