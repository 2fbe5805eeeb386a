package relabeling

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"
)

// AnchorBefore and AnchorAfter are what Prometheus writes around the regular expression of a
// relabeling (v0.316, relabel.NewRegexp), so that it matches whole texts. An expression such
// as a)|(b breaks out of them.
const (
	AnchorBefore = "^(?s:"
	AnchorAfter  = ")$"
)

// ParseRegex parses a regular expression with its anchors, without compiling it: compiled, a
// short expression may become very long. What parses also compiles, and the error is the
// same, a *syntax.Error.
func ParseRegex(pattern string) (*syntax.Regexp, error) {
	return syntax.Parse(AnchorBefore+pattern+AnchorAfter, syntax.Perl) //nolint:wrapcheck // the user reads it
}

var (
	errTooLarge = errors.New("the regular expression is too long when it is compiled")
	errNoValue  = errors.New("YAML reads the regular expression as no value")
)

// compileLimits are the regular expressions that are not compiled. They are a parameter so
// that tests reach them with usual expressions.
type compileLimits struct {
	noValue NoValueTexts

	// size is the number of instructions up to which an expression is compiled even if that
	// makes it much longer than its text.
	size int
}

// maxCompiledSize is enough for usual expressions. One object has room for thousands of
// relabelings.
const maxCompiledSize = 200

var defaultCompileLimits = compileLimits{noValue: noValueTexts, size: maxCompiledSize}

// CompileRegex compiles a regular expression with its anchors. It refuses an expression that
// becomes much longer by it, and one that never reaches Prometheus: about those nothing is
// certain.
func CompileRegex(pattern string) (relabel.Regexp, error) {
	return defaultCompileLimits.compile(pattern)
}

func (l compileLimits) compile(pattern string) (relabel.Regexp, error) {
	if l.noValue.Has(pattern) {
		return relabel.Regexp{}, errNoValue
	}
	if size := PatternSize(pattern); size > l.size && size > 2*len(pattern) {
		return relabel.Regexp{}, errTooLarge
	}
	re, err := relabel.NewRegexp(pattern)
	if err != nil {
		return relabel.Regexp{}, fmt.Errorf("compiling a regular expression: %w", err)
	}
	return re, nil
}

// MatchesAll reports whether the regular expression of a relabeling certainly matches every
// text.
func MatchesAll(r *monitoringv1.RelabelConfig) bool {
	if r.Regex == "" || r.Regex == DefaultRegex {
		return true
	}
	re, err := ParseRegex(r.Regex)
	return err == nil && !noValueTexts.Has(r.Regex) && MatchesAny(re)
}

// matchesOneOf reports whether the regular expression matches one of the texts. It returns
// otherwise if that is not certain.
func matchesOneOf(r *monitoringv1.RelabelConfig, texts []string, otherwise bool) bool {
	re, err := CompileRegex(RegexOf(r))
	if err != nil {
		return otherwise
	}
	return slices.ContainsFunc(texts, re.MatchString)
}
