package rule

import (
	"reflect"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

// An exprParser parses expressions, those that many rules have only once.
type exprParser struct {
	parser    parser.Parser
	memo      *validation.Memo
	options   parserOptions
	functions map[string]*parser.Function
}

// parserOptions are what makes parsers differ.
type parserOptions struct {
	experimental, fill, unquoted bool
	functions                    uintptr // which map it is: a memo keeps it, so that no other one gets its address
}

// A parsedExpr is an expression, or the reason why it is none.
type parsedExpr struct {
	expr      parser.Expr
	uses      []dialect.Use // what not every release accepts
	labels    *labelAnalysis
	err       error
	functions map[string]*parser.Function
}

func newExprParser(s validation.Snapshot) exprParser {
	o := s.PromQL
	options := parserOptions{
		experimental: o.EnableExperimentalFunctions, fill: o.EnableBinopFillModifiers, unquoted: o.EnableUnquotedUTF8Names,
		functions: reflect.ValueOf(o.Functions).Pointer(),
	}
	return validation.Remember(s.Memo, options, 0, func() exprParser { // a new parser copies all functions
		return exprParser{parser: parser.NewParser(o), memo: s.Memo, functions: o.Functions, options: options}
	})
}

// parse returns the expression. Its syntax tree is nil if there is an error.
func (p exprParser) parse(text string) parsedExpr {
	type key struct {
		options parserOptions
		text    string
	}
	return validation.Remember(p.memo, key{p.options, text}, len(text), func() parsedExpr {
		expr, err := p.parser.ParseExpr(text)
		if err != nil {
			return parsedExpr{err: err, functions: p.functions}
		}
		return parsedExpr{expr: expr, uses: dialect.Uses(text, expr), labels: analyseLabels(expr), functions: p.functions}
	})
}
