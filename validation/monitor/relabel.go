package monitor

import (
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// action is what the relabeling does. It is not known if Prometheus knows no such action.
func (r Relabeling) action() (action relabel.Action, known bool) {
	return relabeling.ActionOf(&r.RelabelConfig)
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
	return relabeling.SeparatorOf(&r.RelabelConfig)
}

func (r Relabeling) replacement() string {
	return relabeling.ReplacementOf(&r.RelabelConfig)
}

// pattern is the regular expression. The operator does not write an empty one.
func (r Relabeling) pattern() string {
	return relabeling.RegexOf(&r.RelabelConfig)
}

// names is the alphabet of labels. A ScrapeConfig may have one of its own, from
// Prometheus 3 on.
func (r Relabeling) names(s validation.Snapshot) model.ValidationScheme {
	scheme := s.Names
	if r.Names != nil && s.Prometheus.AtLeast("3.0.0") {
		_ = scheme.Set(strings.ToLower(string(*r.Names))) // what it does not know changes nothing
	}
	return scheme
}
