package rule

import (
	"reflect"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

// An exprParser parses expressions, those that many rules have only once.
type exprParser struct {
	parser    parser.Parser
	memo      *validation.Memo
	dialect   dialect
	functions map[string]*parser.Function
}

// A dialect is what makes parsers differ.
type dialect struct {
	experimental, fill, unquoted bool
	functions                    uintptr // which map it is: a memo keeps it, so that no other one gets its address
}

// A parsedExpr is an expression, or the reason why it is none.
type parsedExpr struct {
	expr      parser.Expr
	err       error
	functions map[string]*parser.Function
}

func newExprParser(s validation.Snapshot) exprParser {
	o := s.PromQL
	return exprParser{parser: parser.NewParser(o), memo: s.Memo, functions: o.Functions, dialect: dialect{
		experimental: o.EnableExperimentalFunctions, fill: o.EnableBinopFillModifiers, unquoted: o.EnableUnquotedUTF8Names,
		functions: reflect.ValueOf(o.Functions).Pointer(),
	}}
}

// parse returns the syntax tree, which is nil if there is an error.
func (p exprParser) parse(text string) (parser.Expr, error) {
	type key struct {
		dialect dialect
		text    string
	}
	parsed := validation.Remember(p.memo, key{p.dialect, text}, len(text), func() parsedExpr {
		expr, err := p.parser.ParseExpr(text)
		if err != nil {
			expr = nil
		}
		return parsedExpr{expr, err, p.functions}
	})
	return parsed.expr, parsed.err
}
