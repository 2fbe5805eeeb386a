package selection

import (
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An Engine is software that reads objects of the operator's kinds without the operator: no Prometheus,
// PrometheusAgent or ThanosRuler stands for it.
type Engine string

// The engines. OtherEngine is any other, of which nothing is known.
const (
	Alloy           Engine = "Alloy"
	Loki            Engine = "Loki"
	Mimir           Engine = "Mimir"
	OpenTelemetry   Engine = "OpenTelemetry"
	VictoriaMetrics Engine = "VictoriaMetrics"
	OtherEngine     Engine = "Other"
)

// engineKinds are the kinds that each engine reads; docs/readers.md has the sources. Alloy passes rules on to
// Mimir or to Loki, and these say in which language the rules are; AlertmanagerConfigs it passes on to Mimir.
var engineKinds = map[Engine][]string{
	Alloy:           append([]string{monitoringv1alpha1.AlertmanagerConfigKind}, monitors...),
	Loki:            {monitoringv1.PrometheusRuleKind},
	Mimir:           {monitoringv1.PrometheusRuleKind, monitoringv1alpha1.AlertmanagerConfigKind},
	OpenTelemetry:   monitors,
	VictoriaMetrics: everyKind,
	OtherEngine:     everyKind,
}

var everyKind = append([]string{monitoringv1.PrometheusRuleKind, monitoringv1alpha1.AlertmanagerConfigKind}, monitors...)

var monitors = []string{
	monitoringv1.ServiceMonitorsKind, monitoringv1.PodMonitorsKind, monitoringv1.ProbesKind, monitoringv1alpha1.ScrapeConfigsKind,
}

// Engines returns the names of the engines, sorted.
func Engines() []Engine {
	return []Engine{Alloy, Loki, Mimir, OpenTelemetry, VictoriaMetrics, OtherEngine}
}

// ParseEngine returns the engine of a name.
func ParseEngine(name string) (Engine, error) {
	if slices.Contains(Engines(), Engine(name)) {
		return Engine(name), nil
	}
	names := make([]string, len(Engines()))
	for i, e := range Engines() {
		names[i] = string(e)
	}
	return "", fmt.Errorf("engine %q is none of %s", name, strings.Join(names, ", "))
}

// Kinds returns the kinds of objects that the engine reads.
func (e Engine) Kinds() []string { return slices.Clone(engineKinds[e]) }

// ReadsMonitorsAsPrometheus reports whether the engine reads monitors as the operator and Prometheus do, so
// that their verdict on a monitor is the engine's too. The OpenTelemetry target allocator links the operator's
// generator and Prometheus' loader. The others have code of their own.
func (e Engine) ReadsMonitorsAsPrometheus() bool { return e == OpenTelemetry }

// A Language is the language of the expressions in rules.
type Language string

// The languages. UnknownLanguage is also that of Loki: no parser of it is linked.
const (
	PromQL          Language = "PromQL"
	MetricsQL       Language = "MetricsQL"
	UnknownLanguage Language = "another language"
)

// Language returns the language in which the engine reads the expressions of rules.
func (e Engine) Language() Language {
	switch e {
	case Mimir, Alloy, OpenTelemetry:
		return PromQL
	case VictoriaMetrics:
		return MetricsQL
	case Loki, OtherEngine:
	}
	return UnknownLanguage
}

// A Reader is an engine that reads some of the objects in the cluster.
type Reader struct {
	// Name is unique among the readers.
	Name   string
	Engine Engine

	found     bool // an object in the cluster or in the files stands for it, and the name is that object's
	selectors Selectors
}

// NewReader returns a reader of objects of some kinds. A nil selector selects all. That differs from the
// operator's selectors, whose nil selects nothing: what is left out of promgate.yaml restricts nothing.
func NewReader(name string, engine Engine, kinds []string, objects, namespaces *metav1.LabelSelector) (*Reader, error) {
	everything := &metav1.LabelSelector{}
	if objects == nil {
		objects = everything
	}
	if namespaces == nil {
		namespaces = everything
	}
	r := &Reader{Name: name, Engine: engine, selectors: Selectors{}}
	for _, kind := range kinds {
		selector, err := newSelector("", "", objects, namespaces)
		if err != nil {
			return nil, fmt.Errorf("reading the selectors of the reader %s: %w", name, err)
		}
		r.selectors[kind] = selector
	}
	return r, nil
}

// Takes reports whether the engine reads an object with these labels, in a namespace with these labels.
func (r *Reader) Takes(kind, namespace string, labels, ofNamespace map[string]string) bool {
	return r.selectors.Selects(kind, namespace, labels, ofNamespace)
}

// String names the reader in a sentence: the reader metrics (VictoriaMetrics).
func (r *Reader) String() string {
	if r.found {
		return "the target allocator of " + r.Name
	}
	return "the reader " + r.Name + " (" + string(r.Engine) + ")"
}
