package alertmanager

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	"go.yaml.in/yaml/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/promconfig"
)

// A Part is what one AlertmanagerConfig renders to for one Alertmanager.
type Part struct {
	Namespace, Name string

	// Root means that the object is the global one of the Alertmanager: its route is the root.
	Root bool

	// LeftOut means that the operator leaves the object out.
	LeftOut bool

	// Fields is the part of the configuration, with the keys route, inhibit_rules, receivers and
	// mute_time_intervals: one route, which becomes one of the root's, and lists. Sources says which fields of the
	// object its keys come from.
	Fields  yaml.MapSlice
	Sources []promconfig.Source

	// Files are certificates and keys that the receivers refer to, by file name.
	Files map[string][]byte

	// Rejections say why the operator would leave the object out. Failures say why it would write no configuration
	// at all, although it does not leave the object out.
	Rejections, Failures []promconfig.Rejection

	// Refused say what Alertmanager would refuse, in other words than its loader's, which does not know the object: names
	// that routes refer to and that the object does not have, for one.
	Refused []promconfig.Rejection

	// Ignored are fields that are set and that do not reach the configuration.
	Ignored []promconfig.Ignored
}

var specPath = fieldpath.New("spec")

// Part renders an AlertmanagerConfig of either version. It reports false for anything else.
func (g *Generator) Part(object any, base *Base) (part Part, ok bool) {
	switch o := object.(type) {
	case *monitoringv1alpha1.AlertmanagerConfig:
		return g.part(o, base, g.isGlobal(o.ObjectMeta)), true
	case *monitoringv1beta1.AlertmanagerConfig:
		converted := &monitoringv1alpha1.AlertmanagerConfig{}
		if err := o.ConvertTo(converted); err != nil {
			return Part{
				Namespace: o.Namespace, Name: o.Name, LeftOut: true,
				Rejections: []promconfig.Rejection{{Field: specPath.Field("route"), Reason: fmt.Sprintf("it cannot be converted to v1alpha1: %s", err)}},
			}, true
		}
		p := g.part(converted, base, g.isGlobal(o.ObjectMeta))
		p.renameFields()
		return p, true
	}
	return Part{}, false
}

// isGlobal reports whether an object is the global one of the Alertmanager.
func (g *Generator) isGlobal(o metav1.ObjectMeta) bool {
	c := g.object.Spec.AlertmanagerConfiguration
	return c != nil && c.Name == o.Name && o.Namespace == g.object.Namespace
}

// part renders an object. That of the base has no matcher for its namespace, and its route is the root.
func (g *Generator) part(o *monitoringv1alpha1.AlertmanagerConfig, base *Base, global bool) Part {
	w := &writer{g: g, namespace: o.Namespace, name: o.Name, base: base}
	s := &section{w: w, kind: "config", field: specPath}
	s.checkNames(&o.Spec)
	if o.Spec.Route != nil {
		route := s.in("route", "route")
		route.route(o.Spec.Route)
		if global {
			route.checkRoot(o.Spec.Route)
		} else {
			route.enforceNamespace(o.Namespace)
		}
		s.add("route", route)
	} else if global {
		w.failf(specPath.Field("route"), "the global AlertmanagerConfig of an Alertmanager needs a route")
	}
	list(s, "inhibit_rules", "inhibitRules", o.Spec.InhibitRules, func(s *section, r *monitoringv1alpha1.InhibitRule) {
		s.inhibitRule(r, !global)
	})
	if o.Spec.Route != nil || global {
		list(s, "receivers", "receivers", o.Spec.Receivers, (*section).receiver)
		s.timeIntervals(o.Spec.MuteTimeIntervals)
	} else {
		w.checkUnused(o)
	}
	return Part{
		Namespace: o.Namespace, Name: o.Name, Root: global, LeftOut: len(w.rejections) > 0 || w.dangling, Fields: s.fields, Sources: w.sources, Files: w.files,
		Rejections: w.rejections, Failures: w.failures, Refused: w.refused, Ignored: w.ignored,
	}
}

// checkUnused checks the receivers and time intervals of an object without a route: the operator checks them, and uses nothing
// but the inhibit rules.
func (w *writer) checkUnused(o *monitoringv1alpha1.AlertmanagerConfig) {
	unused := &writer{g: w.g, namespace: w.namespace, name: w.name, base: w.base}
	s := &section{w: unused, kind: "config", field: specPath}
	list(s, "receivers", "receivers", o.Spec.Receivers, (*section).receiver)
	s.timeIntervals(o.Spec.MuteTimeIntervals)
	w.rejections = append(w.rejections, unused.rejections...)
}

// prefixed returns the name of a receiver or a time interval in the configuration.
func (w *writer) prefixed(name string) string {
	if name == "" {
		return ""
	}
	return w.namespace + "/" + w.name + "/" + name
}

func (w *writer) allPrefixed(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, w.prefixed(name))
	}
	return out
}

// renameFields changes the paths of v1alpha1 into those of v1beta1, where one field has another name.
func (p *Part) renameFields() {
	for i := range p.Sources {
		p.Sources[i].Field = ofBeta(p.Sources[i].Field)
	}
	for _, list := range [][]promconfig.Rejection{p.Rejections, p.Failures, p.Refused} {
		for i := range list {
			list[i].Field = ofBeta(list[i].Field)
		}
	}
	for i := range p.Ignored {
		p.Ignored[i].Field = ofBeta(p.Ignored[i].Field)
	}
}

func ofBeta(field fieldpath.Path) fieldpath.Path {
	if alpha := specPath.Field("muteTimeIntervals"); field.Within(alpha) {
		return specPath.Field("timeIntervals").Join(field.Below(alpha))
	}
	return field
}

// Renders reports whether an object is an Alertmanager, or an AlertmanagerConfig of either version.
func Renders(object any) bool {
	switch object.(type) {
	case *monitoringv1.Alertmanager, *monitoringv1alpha1.AlertmanagerConfig, *monitoringv1beta1.AlertmanagerConfig:
		return true
	}
	return false
}
