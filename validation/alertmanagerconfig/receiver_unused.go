package alertmanagerconfig

import (
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation"
)

// receiverUnused warns about a receiver that no route of the object names. The operator prefixes its name with that of the
// object, so that no other object's routes can name it.
var receiverUnused = validation.Check[*object]{
	ID: "receiver-unused", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "No route uses the receiver",
		Text: `No route of the object names the receiver, so that no alert is ever sent to it. Routes of other objects cannot name
it: the operator adds the namespace and the name of the object to the names of its receivers.

Name the receiver in a route, or remove it.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, _ validation.Snapshot) []validation.Finding {
		if o.config == nil {
			return nil
		}
		used := map[string]bool{}
		if !usedBy(o.config.Spec.Route, used) {
			return nil
		}
		var found []validation.Finding
		for i, r := range o.config.Spec.Receivers {
			if !used[r.Name] {
				place := validation.Place{Path: receiversPath.Index(i).Field("name")}
				found = append(found, place.Finding("no route of the object uses the receiver", "name it in a route, or remove it", r.Name))
			}
		}
		return o.named(found)
	},
}

// usedBy collects the receivers of a route and of those below it. It reports false if a route cannot be read.
func usedBy(r *monitoringv1alpha1.Route, used map[string]bool) bool {
	if r == nil {
		return true
	}
	used[r.Receiver] = true
	children, err := r.ChildRoutes()
	if err != nil {
		return false
	}
	for i := range children {
		if !usedBy(&children[i], used) {
			return false
		}
	}
	return true
}
