package rule

import (
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
