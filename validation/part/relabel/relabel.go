package relabel

import (
	"regexp/syntax"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
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

// Relabelings is a list of relabelings.
type Relabelings struct {
	validation.Place

	List []monitoringv1.RelabelConfig

	// Metric reports that samples go through the list, and not targets.
	Metric bool

	// Names is the scheme of label names that a ScrapeConfig sets. It may be nil.
	Names *monitoringv1.NameValidationSchemeOptions
}

// A Relabeling is one entry of the list.
type Relabeling struct {
	validation.Place
	monitoringv1.RelabelConfig

	Metric bool
	Names  *monitoringv1.NameValidationSchemeOptions
}

// Each returns the relabelings, each in its place.
func (r Relabelings) Each() []Relabeling {
	list := make([]Relabeling, len(r.List))
	for i, c := range r.List {
		list[i] = Relabeling{Place: r.Index(i), RelabelConfig: c, Metric: r.Metric, Names: r.Names}
	}
	return list
}

// TargetRelabelings returns the relabelings of targets at a place.
func TargetRelabelings(at validation.Place, list []monitoringv1.RelabelConfig) Relabelings {
	return Relabelings{Place: at, List: list}
}

// MetricRelabelings returns the relabelings of samples at a place.
func MetricRelabelings(at validation.Place, list []monitoringv1.RelabelConfig) Relabelings {
	return Relabelings{Place: at, List: list, Metric: true}
}

// action is what the relabeling does. It is not known if Prometheus knows no such
// action. The operator writes it in lower case, and none where there is none. (Prometheus
// v0.316 loads the actions "null" and "~", and panics when it has a target.)
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

// ActionName returns the action as the user wrote it, or the default.
func (r Relabeling) ActionName() string {
	if r.Action == "" {
		return string(relabel.DefaultRelabelConfig.Action)
	}
	return r.Action
}

// SeparatorText returns the text between the values of the source labels.
func (r Relabeling) SeparatorText() string {
	return valueOr(r.Separator, defaultSeparator)
}

// ReplacementText returns the replacement, or its default.
func (r Relabeling) ReplacementText() string {
	return valueOr(r.Replacement, defaultReplacement)
}

// Pattern returns the regular expression, or its default: the operator does not write an
// empty one.
func (r Relabeling) Pattern() string {
	if r.Regex == "" {
		return defaultRegex
	}
	return r.Regex
}

// IsNull says of a text that it is nothing to Prometheus' YAML library, quoted or not
// (go.yaml.in/yaml/v2 v2.4.4, decode.go, prepare): it never reaches the code that would
// look at it.
func IsNull(text string) bool {
	return text == "null" || text == "~"
}

// ParseRegex reads the expression with the anchors that Prometheus puts around it (v0.316,
// relabel.NewRegexp), and without compiling it: a short expression can make a program
// of a hundred megabytes. What can be read compiles; the error is the same.
func ParseRegex(pattern string) (*syntax.Regexp, error) {
	return syntax.Parse(anchorBefore+pattern+anchorAfter, syntax.Perl) //nolint:wrapcheck // the user reads it
}

const anchorBefore, anchorAfter = "^(?s:", ")$"

// names returns the scheme of label names. A ScrapeConfig may set one of its own, from
// Prometheus 3 on.
func (r Relabeling) names(s validation.Snapshot) model.ValidationScheme {
	scheme := s.Names
	if r.Names != nil && s.Prometheus.AtLeast("3.0.0") {
		_ = scheme.Set(strings.ToLower(string(*r.Names))) // an unknown scheme changes nothing
	}
	return scheme
}

func valueOr(value *string, byDefault string) string {
	if value == nil {
		return byDefault
	}
	return *value
}
