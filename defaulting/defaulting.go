// Package defaulting says which labels an object lacks to be picked up by a
// Prometheus. It adds labels and nothing else: a label that an object has is
// never changed and never removed, and what it adds, it adds once.
//
// The package is pure. It must not import a client, net/http or os, nor ask for
// the time.
package defaulting

import (
	"maps"
	"slices"
	"strings"
)

// The names by which users opt out.
const (
	// IgnoreLabel, when "true" on an object or on its namespace, tells both webhooks
	// to leave the object alone altogether: it is meant for another engine.
	IgnoreLabel = "promgate.dev/ignore"

	// OptOut, when "false" as an annotation of the object or as a label of its
	// namespace, tells promgate not to add labels.
	OptOut = "promgate.dev/default-labels"
)

// Rules are the labels that an object gets where it lacks them. The zero value
// adds nothing.
type Rules struct {
	// PrometheusRules are the labels of PrometheusRule objects.
	PrometheusRules map[string]string

	// Monitors are the labels of ServiceMonitor, PodMonitor, Probe and ScrapeConfig
	// objects.
	Monitors map[string]string
}

// AsInstalled returns the labels that promgate adds where the configuration does
// not say otherwise.
func AsInstalled() Rules {
	return Rules{
		PrometheusRules: map[string]string{"app": "prometheus-operator", "release": "prometheus"},
		Monitors:        map[string]string{"release": "prometheus"},
	}
}

// For returns the labels for a kind, and whether the kind is one that gets labels.
func (r Rules) For(kind string) (map[string]string, bool) {
	switch kind {
	case "PrometheusRule":
		return r.PrometheusRules, true
	case "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig":
		return r.Monitors, true
	}
	return nil, false
}

// Object is what the decision needs to know of an object.
type Object struct {
	Labels      map[string]string
	Annotations map[string]string
}

// Create returns the labels that a new object lacks. A label that it has, with
// whatever value, is left alone.
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

// Update returns the labels to put back: those that the stored object carries
// with the very value that would be added, and that the new one drops. An object
// that lay dormant stays so: nothing else is added by an update.
func Update(object, stored Object, namespace map[string]string, wanted map[string]string) map[string]string {
	dropped := Create(object, namespace, wanted)
	maps.DeleteFunc(dropped, func(name, value string) bool {
		had, ok := stored.Labels[name]
		return !ok || had != value
	})
	return dropped
}

// Ignored reports whether an object, or its namespace, is another engine's.
func Ignored(object Object, namespace map[string]string) bool {
	return object.Labels[IgnoreLabel] == "true" || namespace[IgnoreLabel] == "true"
}

// optedOut reports whether promgate must not add labels to an object.
func optedOut(object Object, namespace map[string]string) bool {
	return object.Annotations[OptOut] == "false" || namespace[OptOut] == "false" || Ignored(object, namespace)
}

// List writes labels as name=value, sorted, for a message.
func List(labels map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, name+"="+labels[name])
	}
	return strings.Join(all, ", ")
}
