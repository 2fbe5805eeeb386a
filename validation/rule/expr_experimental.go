package rule

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/dialect"
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
		if r.expr == nil || s.Prometheus.Known() {
			return nil
		}
		expr := r.Expr.String()
		var found []validation.Finding
		add := func(flag string, at *validation.Excerpt) {
			f := r.place("expr").Finding("the expression works only with the feature flag "+flag,
				fmt.Sprintf("add %s to enableFeatures of the Prometheus that loads it", flag), validation.Key(flag, expr))
			f.Excerpt = at
			found = append(found, f)
		}
		named := map[string]bool{}
		for _, u := range r.uses {
			if flag := u.Flag(dialect.Latest()); flag != "" && !named[flag] {
				named[flag] = true
				add(flag, r.place("expr").Excerpt(expr, u.Start, u.End))
			}
		}
		if e, ok := unquotedUTF8(expr, s.PromQL); ok {
			add(unquotedFlag, r.errorExcerpt(e))
		}
		return found
	},
}

// unquotedFlag is the feature flag for names in UTF-8 without quotes.
const unquotedFlag = "promql-unquoted-utf8-names"

// unquotedUTF8 returns what the parser says of an unquoted name in UTF-8 without its feature flag.
// With the flag the lexer is another one, so that the parser alone can tell.
func unquotedUTF8(expr string, options parser.Options) (parser.ParseErr, bool) {
	if !options.EnableUnquotedUTF8Names || !mayHaveUTF8Name(expr) {
		return parser.ParseErr{}, false
	}
	options.EnableUnquotedUTF8Names = false
	_, err := parser.NewParser(options).ParseExpr(expr)
	var all parser.ParseErrors
	if !errors.As(err, &all) || len(all) == 0 {
		return parser.ParseErr{}, false
	}
	return all[0], true
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
