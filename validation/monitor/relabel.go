package monitor

import (
	"regexp/syntax"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/validation"
)

// The defaults are Prometheus' own (v0.316, relabel.go).
var (
	defaultSeparator   = relabel.DefaultRelabelConfig.Separator
	defaultReplacement = relabel.DefaultRelabelConfig.Replacement
	defaultRegex       = relabel.DefaultRelabelConfig.Regex.String()
)

// action is what the relabeling does, and whether Prometheus knows such an action. The
// operator writes it in lower case, and omits a missing one. The text does not go through
// YAML here, so that one that YAML reads as no value is an unknown action.
func (r Relabeling) action() (action relabel.Action, known bool) {
	if r.Action == "" {
		return relabel.DefaultRelabelConfig.Action, true
	}
	err := action.UnmarshalYAML(func(text any) error {
		if s, ok := text.(*string); ok {
			*s = strings.ToLower(r.Action)
		}
		return nil
	})
	return action, err == nil
}

// named is the action as the user wrote it.
func (r Relabeling) named() string {
	if r.Action == "" {
		return string(relabel.DefaultRelabelConfig.Action)
	}
	return r.Action
}

// separator is what stands between the values of source labels.
func (r Relabeling) separator() string {
	return valueOr(r.Separator, defaultSeparator)
}

func (r Relabeling) replacement() string {
	return valueOr(r.Replacement, defaultReplacement)
}

// pattern is the regular expression. The operator does not write an empty one.
func (r Relabeling) pattern() string {
	if r.Regex == "" {
		return defaultRegex
	}
	return r.Regex
}

// parsed parses the expression with the anchors that Prometheus puts around it (v0.316,
// relabel.NewRegexp), and does not compile it: an expression may compile to far more than
// its text. What parses compiles; the error is the same.
func parsed(pattern string) (*syntax.Regexp, error) {
	return syntax.Parse(anchorBefore+pattern+anchorAfter, syntax.Perl) //nolint:wrapcheck // the user reads it
}

const anchorBefore, anchorAfter = "^(?s:", ")$"

// names is the alphabet of labels. A ScrapeConfig may have one of its own, from
// Prometheus 3 on.
func (r Relabeling) names(s validation.Snapshot) model.ValidationScheme {
	scheme := s.Names
	if r.Names != nil && s.Prometheus.AtLeast("3.0.0") {
		_ = scheme.Set(strings.ToLower(string(*r.Names))) // what it does not know changes nothing
	}
	return scheme
}

func valueOr(value *string, byDefault string) string {
	if value == nil {
		return byDefault
	}
	return *value
}
