package rule

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/validation"
)

var exprExperimental = validation.Check[*groupRule]{
	ID: "expr-experimental", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The expression needs a feature flag",
		Text: `The expression uses what is off by default in Prometheus: an experimental function or
aggregation, a ` + "`fill`" + ` modifier, or a name with dots or letters beyond ASCII that is not quoted. Without the
flag Prometheus refuses the whole rule file.

Add the flag that the message names to ` + "`enableFeatures`" + ` of the Prometheus that loads the rule. A name can be
quoted instead: ` + "`{\"http.requests\"}`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		if r.expr == nil {
			return nil
		}
		expr := r.Expr.String()
		var found []validation.Finding
		for _, flag := range featureFlags {
			if !flag.mayNeed(expr, r.expr) {
				continue
			}
			without := s.PromQL
			flag.disable(&without)
			_, err := parser.NewParser(without).ParseExpr(expr)
			var all parser.ParseErrors
			if !errors.As(err, &all) || len(all) == 0 {
				continue
			}
			f := r.place("expr").Finding("the expression works only with the feature flag "+flag.name,
				fmt.Sprintf("add %s to enableFeatures of the Prometheus that loads it", flag.name), validation.Key(flag.name, expr))
			f.Excerpt = r.errorExcerpt(all[0])
			found = append(found, f)
		}
		return found
	},
}

// featureFlags lists the features of Prometheus' parser that are off by default.
var featureFlags = []struct {
	name string

	// mayNeed is a cheap test, so that few expressions are parsed again.
	mayNeed func(text string, expr parser.Expr) bool

	disable func(*parser.Options)
}{
	{
		name: "promql-experimental-functions",
		mayNeed: func(_ string, expr parser.Expr) bool {
			return holdsNode(expr, func(n parser.Node) bool {
				switch n := n.(type) {
				case *parser.Call:
					return n.Func.Experimental
				case *parser.AggregateExpr:
					return n.Op.IsExperimentalAggregator()
				}
				return false
			})
		},
		disable: func(o *parser.Options) { o.EnableExperimentalFunctions = false },
	},
	{
		name: "promql-binop-fill-modifiers",
		mayNeed: func(_ string, expr parser.Expr) bool {
			return holdsNode(expr, func(n parser.Node) bool {
				b, ok := n.(*parser.BinaryExpr)
				return ok && b.VectorMatching != nil && (b.VectorMatching.FillValues.LHS != nil || b.VectorMatching.FillValues.RHS != nil)
			})
		},
		disable: func(o *parser.Options) { o.EnableBinopFillModifiers = false },
	},
	{
		name:    "promql-unquoted-utf8-names",
		mayNeed: func(text string, _ parser.Expr) bool { return mayHaveUTF8Name(text) },
		disable: func(o *parser.Options) { o.EnableUnquotedUTF8Names = false },
	},
}

// mayHaveUTF8Name reports whether an expression may have an unquoted name with a dot or a letter beyond
// ASCII. It errs on the side of true.
func mayHaveUTF8Name(expr string) bool {
	if !strings.ContainsFunc(expr, func(c rune) bool { return c == '.' || c >= utf8.RuneSelf }) {
		return false
	}
	if strings.Contains(expr, "#") {
		return true // a comment may hold a single quote
	}
	var quote byte // that of the string around, or 0
	hasDot, hasLetter := false, false
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote, hasDot, hasLetter = c, false, false
		case c >= utf8.RuneSelf:
			return true
		case c == '.':
			hasDot = true
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':':
			hasLetter = true
		case c < '0' || c > '9':
			hasDot, hasLetter = false, false // the end of a name or a number
		}
		if quote == 0 && hasDot && hasLetter {
			return true
		}
	}
	return false
}
