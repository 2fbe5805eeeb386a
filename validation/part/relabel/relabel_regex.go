package relabel

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// RelabelRegex is the check relabel-regex.
var RelabelRegex = validation.Check[Relabeling]{
	ID: "relabel-regex", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "The regular expression of a relabeling does not compile",
		Text: `Prometheus refuses its whole configuration for the sake of one such expression. Its regular
expressions are RE2: without look-ahead, look-behind and backreferences. They match the whole
text, as if it stood between ` + "`^` and `$`" + `.

The carets show the place. Common mistakes are a pattern for files (` + "`*.example.com` instead of\n`.*\\.example\\.com`" + `) and a bracket that is never closed.

A text that YAML reads as no value even in quotes is denied as well, though it compiles: it
never is an expression. Put it in parentheses, which match the text itself. For the default, ` + "`(.*)`" + `,
omit the field.`,
		Since: "v0.1.0",
	},
	Run: func(r Relabeling, s validation.Snapshot) []validation.Finding {
		if found := r.regexWithoutValue(relabeling.DefaultNoValueTexts()); found != nil {
			return found
		}
		_, err := relabeling.ParseRegex(r.Pattern())
		if err == nil {
			return tooNew(r, s)
		}
		var e *syntax.Error
		if !errors.As(err, &e) {
			return []validation.Finding{r.At("regex").Finding(err.Error(), "", r.Regex)}
		}
		f := r.At("regex").Finding(
			fmt.Sprintf("the regular expression %s does not compile: %s", inQuotes(r.Regex), regexWords(e, r.Regex)), regexFix(e, r.Regex), r.Regex)
		f.Excerpt = regexPlace(r.At("regex"), r.Regex, e)
		return []validation.Finding{f}
	},
}

// regexWithoutValue denies a regular expression that YAML reads as no value.
func (r Relabeling) regexWithoutValue(texts relabeling.NoValueTexts) []validation.Finding {
	problem, fix := texts.Complaint("regular expression", r.Regex)
	if problem == "" {
		return nil
	}
	return []validation.Finding{r.At("regex").Finding(problem, fix, r.Regex)}
}

// tooNew denies what only the regular expressions of a later Go know: Prometheus has been
// compiled with Go 1.22, which reads (?<name>), since 2.51.
func tooNew(r Relabeling, s validation.Snapshot) []validation.Finding {
	if s.Prometheus.Has(since.NamedGroups) || !namedGroup.MatchString(r.Regex) {
		return nil
	}
	return []validation.Finding{r.At("regex").Finding(
		fmt.Sprintf("the regular expression %s has a group (?<name>), which needs Prometheus 2.51, and %s is %s", inQuotes(r.Regex), s.Prometheus.Name, s.Prometheus.Version),
		"write (?P<name>...)", r.Regex)}
}

var namedGroup = regexp.MustCompile(`\(\?<[A-Za-z0-9_]`)

// regexWords are the error's own, as far as they are about what the user wrote: the
// anchors are not.
func regexWords(e *syntax.Error, pattern string) string {
	words := string(e.Code)
	switch {
	case endsInBackslash(pattern): // which takes the anchor's parenthesis for itself
		return "the backslash at the end escapes nothing"
	case strings.Contains(e.Expr, relabeling.AnchorAfter) || e.Expr == "" || !strings.Contains(pattern, e.Expr):
		return words
	}
	return words + " " + inQuotes(e.Expr)
}

// inQuotes leaves backslashes as the user wrote them.
func inQuotes(pattern string) string {
	return `"` + pattern + `"`
}

// endsInBackslash says whether the last character is a backslash that is not quoted by
// another.
func endsInBackslash(pattern string) bool {
	return (len(pattern)-len(strings.TrimRight(pattern, `\`)))%2 == 1
}

// regexFix knows how to mend the mistakes that people make most.
func regexFix(e *syntax.Error, pattern string) string {
	if endsInBackslash(pattern) {
		return `remove it, or write \\ for a backslash`
	}
	switch e.Code {
	case syntax.ErrMissingParen:
		return `add the missing ), or write \( for a parenthesis`
	case syntax.ErrUnexpectedParen:
		return `remove it, or write \) for a parenthesis`
	case syntax.ErrMissingBracket:
		return `add the missing ], or write \[ for a bracket`
	case syntax.ErrMissingRepeatArgument:
		return "write .* for any text, or .+ for any text that is not empty"
	case syntax.ErrInvalidRepeatOp:
		return "keep only one of the repetitions"
	case syntax.ErrInvalidRepeatSize:
		return "repeat at most 1000 times in total"
	case syntax.ErrInvalidPerlOp:
		return `remove it: RE2 has no look-ahead or look-behind; to exclude what matches, use the action "drop"`
	case syntax.ErrInvalidEscape:
		return `remove the backslash, or write \\ for one; RE2 has no backreferences`
	case syntax.ErrInvalidCharRange:
		return "write the lower end first; a literal hyphen goes last"
	case syntax.ErrInvalidNamedCapture:
		return "write (?P<name>...), and use each name only once"
	}
	return "write a simpler one"
}
