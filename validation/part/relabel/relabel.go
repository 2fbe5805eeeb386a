package relabel

import (
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// Relabelings is a list of relabelings. Metric says that samples go through it, not
// targets.
type Relabelings struct {
	validation.Place

	List []monitoringv1.RelabelConfig

	// Metric reports that samples go through the list, and not targets.
	Metric bool

	// Names is the scheme of label names that a ScrapeConfig sets. It may be nil.
	Names *monitoringv1.NameValidationSchemeOptions

	// Origin is what is known about the targets that go through the list.
	Origin Origin

	// Class are the relabelings of the scrape class, which come first. ClassUnknown reports that
	// there may be a class that is not known, so that nothing is certain.
	Class        []monitoringv1.RelabelConfig
	ClassUnknown bool

	// Before and Between are relabelings that the operator writes before those of the class, and
	// between those and the list. What discovered targets get is not among them.
	Before, Between []monitoringv1.RelabelConfig

	// HonorLabels reports that samples keep the labels that the target gives them.
	HonorLabels bool
}

// Preceding returns all relabelings before the list, in their order.
func (r Relabelings) Preceding() []monitoringv1.RelabelConfig {
	return slices.Concat(r.Before, r.Class, r.Between)
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

// action is what the relabeling does. It is not known if Prometheus knows no such action.
func (r Relabeling) action() (action relabel.Action, known bool) {
	return relabeling.ActionOf(&r.RelabelConfig)
}

// ActionName returns the action as the user wrote it, or the default.
func (r Relabeling) ActionName() string {
	if r.Action == "" {
		return string(relabel.DefaultRelabelConfig.Action)
	}
	return r.Action
}

// SeparatorText returns what is written between the values of source labels.
func (r Relabeling) SeparatorText() string {
	return relabeling.SeparatorOf(&r.RelabelConfig)
}

// ReplacementText returns the replacement, or its default.
func (r Relabeling) ReplacementText() string {
	return relabeling.ReplacementOf(&r.RelabelConfig)
}

// Pattern returns the regular expression, or its default.
func (r Relabeling) Pattern() string {
	return relabeling.RegexOf(&r.RelabelConfig)
}

// names are the names of labels that it may write. A ScrapeConfig may have a scheme of its own, which
// limits these names from Prometheus 3.7 on.
func (r Relabeling) names(s validation.Snapshot) relabeling.Names {
	names := s.Prometheus.RelabelNames
	if r.Names != nil && s.Prometheus.Has(since.ConfiguredNames) {
		_ = names.Scheme.Set(strings.ToLower(string(*r.Names))) // what it does not know changes nothing
	}
	return names
}
