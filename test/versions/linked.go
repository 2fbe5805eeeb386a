package versions

import (
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

// linked is the parser that promgate uses where it knows the Prometheus.
func linked() parser.Parser {
	options := validation.Permissive().PromQL
	options.EnableUnquotedUTF8Names = false
	return parser.NewParser(options)
}

// aggregationOf returns an aggregation with a word as its operator, if there is one.
func aggregationOf(word string) (string, bool) {
	for _, arguments := range []string{"(up)", "(1, up)", `("a", up)`} {
		expr, err := linked().ParseExpr(word + arguments)
		if _, ok := expr.(*parser.AggregateExpr); ok && err == nil {
			return word + arguments, true
		}
	}
	return "", false
}
