// Package defaulting decides which labels an object is missing to be selected by a Prometheus or an Alertmanager. It
// only adds labels: it never changes or removes a label that an object has, and it adds a label
// only once.
//
// The package is pure. It must not import a client, net/http or os, nor ask for the time.
package defaulting

import (
	"maps"
	"slices"
	"strings"
)

// The names by which users opt out.
const (
	// IgnoreLabel, when "true" on an object or on its namespace, makes both webhooks ignore the
	// object: it is meant for another engine.
	IgnoreLabel = "promgate.dev/ignore"

	// OptOut, when "false" as an annotation of the object or as a label of its namespace, stops
	// promgate from adding labels.
	OptOut = "promgate.dev/default-labels"
)

// Rules are the labels that are added to an object if they are missing. The zero value adds
// nothing.
type Rules struct {
	// PrometheusRules are the labels of PrometheusRule objects.
	PrometheusRules map[string]string

	// Monitors are the labels of ServiceMonitor, PodMonitor, Probe and ScrapeConfig
	// objects.
	Monitors map[string]string

	// AlertmanagerConfigs are the labels of AlertmanagerConfig objects.
	AlertmanagerConfigs map[string]string

	// Prometheus and Alertmanager, namespace/name, are the instances whose labels are added if several could select an
	// object. They may be empty.
	Prometheus, Alertmanager string
}

// AsInstalled returns the default rules, which apply if the configuration does not set others. An AlertmanagerConfig gets
// no labels unless a known Alertmanager requires them: there are none that many clusters have in common.
func AsInstalled() Rules {
	return Rules{
		PrometheusRules: map[string]string{"app": "prometheus-operator", "release": "prometheus"},
		Monitors:        map[string]string{"release": "prometheus"},

		AlertmanagerConfigs: map[string]string{},
	}
}

// For returns the labels for a kind, and whether objects of the kind get labels.
func (r Rules) For(kind string) (map[string]string, bool) {
	switch kind {
	case "PrometheusRule":
		return r.PrometheusRules, true
	case "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig":
		return r.Monitors, true
	case alertmanagerConfig:
		return r.AlertmanagerConfigs, true
	}
	return nil, false
}

// Default returns the instance whose labels are added if several could select an object of a kind, as namespace/name.
func (r Rules) Default(kind string) string {
	if kind == alertmanagerConfig {
		return r.Alertmanager
	}
	return r.Prometheus
}

// alertmanagerConfig is the kind that Alertmanagers select.
const alertmanagerConfig = "AlertmanagerConfig"

// InstanceFor returns what selects objects of a kind, for a message: Prometheus or Alertmanager.
func InstanceFor(kind string) string {
	if kind == alertmanagerConfig {
		return "Alertmanager"
	}
	return "Prometheus"
}

// Object is the part of an object that the decision depends on.
type Object struct {
	Labels      map[string]string
	Annotations map[string]string
}

// Create returns the labels that a new object is missing. A label that the object has is kept,
// whatever its value.
func Create(object Object, namespace map[string]string, wanted map[string]string) map[string]string {
	if optedOut(object, namespace) {
		return nil
	}
	missing := map[string]string{}
	for name, value := range wanted {
		if _, has := object.Labels[name]; !has {
			missing[name] = value
		}
	}
	return missing
}

// Update returns the labels to put back: the labels that the stored object has with exactly the
// value that would be added, and that the new object omits. An update adds no other label, so that
// an object that no Prometheus selected stays unselected.
func Update(object, stored Object, namespace map[string]string, wanted map[string]string) map[string]string {
	dropped := Create(object, namespace, wanted)
	maps.DeleteFunc(dropped, func(name, value string) bool {
		had, ok := stored.Labels[name]
		return !ok || had != value
	})
	return dropped
}

// Ignored reports whether an object, or its namespace, has the label that makes the webhooks ignore
// it.
func Ignored(object Object, namespace map[string]string) bool {
	return object.Labels[IgnoreLabel] == "true" || namespace[IgnoreLabel] == "true"
}

// optedOut reports whether an object, or its namespace, opts out of added labels.
func optedOut(object Object, namespace map[string]string) bool {
	return object.Annotations[OptOut] == "false" || namespace[OptOut] == "false" || Ignored(object, namespace)
}

// List formats labels as name=value, sorted, for a message.
func List(labels map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, name+"="+labels[name])
	}
	return strings.Join(all, ", ")
}
