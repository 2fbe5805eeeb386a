package resultlabels

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

func ofAggregation(n *parser.AggregateExpr, of Set) Set {
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return of
	}
	grouping := n.Grouping
	if n.Op == parser.COUNT_VALUES {
		label, ok := n.Param.(*parser.StringLiteral)
		if !ok {
			return unknown()
		}
		of = of.with(given(n), label.Val)
		if !n.Without {
			grouping = append(slices.Clone(grouping), label.Val)
		}
	}
	if n.Without {
		return of.without(n, grouping...)
	}
	return of.only(grouping, n)
}
