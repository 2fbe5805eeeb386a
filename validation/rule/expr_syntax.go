package rule

import (
	"errors"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

var exprSyntax = validation.Check[*groupRule]{
	ID: "expr-syntax", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The expression is not valid PromQL",
		Text: `promgate parses ` + "`expr`" + ` with Prometheus' own parser. If that refuses the expression, Prometheus refuses
every rule of the object: one bad expression costs all of them.

The carets show the place. For a bracket that is never closed it is the end of the expression, where
the parser notices it.

Text that is written for another tool is named as such:

- Grafana's variables, such as ` + "`$__rate_interval`, `$job` or `[[job]]`" + `: only a dashboard fills them in. Write the value.
- Templates of Helm that were not rendered: apply what ` + "`helm template`" + ` prints.
- MetricsQL, such as ` + "`keep_metric_names`, `WITH` or `default`" + `. If VictoriaMetrics evaluates the rule, and
  no Prometheus does, name it under ` + "`readers`" + ` in [promgate.yaml](../../configuration.md#readers), or label the object
  ` + "`promgate.dev/ignore: \"true\"`" + `.

Rules that only VictoriaMetrics reads, as ` + "`readers`" + ` says, are read as MetricsQL, by its own parser.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		expr := r.Expr.String()
		if expr == "" {
			return []validation.Finding{r.place("expr").Finding("the expression is empty", "write a PromQL expression", "")}
		}
		if r.exprError == nil {
			return nil
		}
		if s.Language == selection.MetricsQL {
			return []validation.Finding{r.place("expr").Finding("not valid MetricsQL: "+r.exprError.Error(), "", expr)}
		}
		if foreign, ok := findForeign(expr); ok {
			f := r.place("expr").Finding(foreign.problem, foreign.fix, expr)
			f.Excerpt = r.place("expr").Excerpt(expr, foreign.start, foreign.end)
			return []validation.Finding{f}
		}
		var all parser.ParseErrors
		if !errors.As(r.exprError, &all) {
			return []validation.Finding{r.place("expr").Finding(r.exprError.Error(), "", expr)}
		}
		var found []validation.Finding
		for _, e := range all {
			if len(found) == maxMistakes {
				break
			}
			problem := e.Err.Error()
			if len(found) > 0 && isEcho(problem) {
				continue
			}
			fix := exprFix(problem, s.Prometheus)
			if name, ok := isMetricsQLCall(problem); ok {
				problem, fix = "the function "+name+metricsQL, optOut
			}
			f := r.place("expr").Finding(problem, fix, validation.Key(expr, problem))
			f.Excerpt = r.errorExcerpt(e)
			found = append(found, f)
		}
		return found
	},
}

// maxMistakes bounds how many mistakes of one expression are named: there may be one for
// each of its operators, and each finding holds the whole expression.
const maxMistakes = 20

// isEcho reports whether the parser adds an error only because an earlier one made the
// expression incomplete.
func isEcho(problem string) bool {
	return strings.HasPrefix(problem, "no arguments for aggregate expression") ||
		strings.HasPrefix(problem, "unexpected end of input")
}

// excerptOf returns the excerpt of an error. The parser reports an unexpected right
// parenthesis one character too far right (v0.316: "foo)" at offset 4).
func excerptOf(expr string, e parser.ParseErr) *validation.Excerpt {
	start, end := int(e.PositionRange.Start), int(e.PositionRange.End)
	if strings.HasPrefix(e.Err.Error(), "unexpected right parenthesis") && start > 0 && start <= len(expr) && expr[start-1] == ')' {
		start, end = start-1, start
	}
	return &validation.Excerpt{Text: expr, Start: start, End: end}
}

// errorExcerpt returns the place of a parser's error in the rule's expression.
func (r *groupRule) errorExcerpt(e parser.ParseErr) *validation.Excerpt {
	excerpt := excerptOf(r.Expr.String(), e)
	excerpt.Field = r.place("expr").Path
	return excerpt
}

// exprFix returns how to mend the most frequent mistakes.
func exprFix(problem string, engine validation.Prometheus) string {
	switch {
	case strings.HasPrefix(problem, "unclosed left parenthesis"):
		return "add the missing )"
	case strings.HasPrefix(problem, "unclosed left bracket"):
		return "add the missing ]"
	case strings.HasPrefix(problem, "unexpected right parenthesis"):
		return "remove it, or add the ( that it closes"
	case strings.HasPrefix(problem, "unterminated quoted string"):
		return "add the missing quote"
	case problem == `unexpected "="`:
		return "compare with =="
	case strings.Contains(problem, "expected type range vector"):
		return "add a range such as [5m]; " + optOut
	case strings.HasPrefix(problem, "unknown function"):
		return "check the spelling; functions are those of Prometheus 3.16"
	case strings.ContainsAny(problem, "\u201c\u201d\u2018\u2019"):
		return `use straight quotes: "`
	case strings.ContainsAny(problem, "\u2013\u2014\u2212"):
		return "write a minus: -"
	case strings.Contains(problem, "is experimental") && engine.Thanos:
		return "write it without: the operator accepts nothing experimental for a ThanosRuler"
	case strings.Contains(problem, "in grouping opts, expected \"(\""):
		return "put the labels into parentheses: by (job)"
	}
	return ""
}
