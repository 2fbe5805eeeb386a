package monitor

import (
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/relabel"
)

// A Class is the scrape class of an object. It is Unknown if the object names a class and it is not
// known which ones there are.
type Class struct {
	monitoringv1.ScrapeClass

	Unknown bool
}

// ClassOf returns the class that the object names, else the default class, as prometheus-operator
// v0.93.0 chooses it.
func ClassOf(name *string, p validation.Prometheus) Class {
	named := name != nil && *name != ""
	if !p.Known() {
		return Class{Unknown: named}
	}
	var byDefault Class
	for _, c := range p.Scraping.Classes {
		if named && *name == c.Name {
			return Class{ScrapeClass: c}
		}
		if c.Default != nil && *c.Default {
			byDefault = Class{ScrapeClass: c}
		}
	}
	if named {
		return Class{Unknown: true} // the operator leaves the object out
	}
	return byDefault
}

// WithOrigin returns a scrape with what is known about the labels before its relabelings.
func (s Scrape) WithOrigin(origin relabel.Origin, class Class) Scrape {
	s.Relabelings.Origin = origin
	s.Relabelings.Class, s.Relabelings.ClassUnknown = class.Relabelings, class.Unknown
	s.MetricRelabelings.Class, s.MetricRelabelings.ClassUnknown = class.MetricRelabelings, class.Unknown
	s.Relabelings.HonorLabels, s.MetricRelabelings.HonorLabels = s.HonorLabels, s.HonorLabels
	return s
}

// AttachesNodes reports whether targets may get the metadata of their nodes.
func AttachesNodes(own *monitoringv1.AttachMetadata, class Class, p validation.Prometheus) bool {
	if own == nil {
		own = class.AttachMetadata
	}
	return own != nil && own.Node != nil && *own.Node || p.Scraping.Zones
}

// EndpointRoles returns the roles by which the targets of a ServiceMonitor may be found.
func EndpointRoles(asked *monitoringv1.ServiceDiscoveryRole, p validation.Prometheus) []string {
	switch {
	case asked == nil && !p.Known():
		return []string{relabel.RoleEndpoints, relabel.RoleEndpointSlice}
	case !p.Has(since.EndpointSliceRole), asked == nil && !p.Scraping.EndpointSlices, asked != nil && *asked != monitoringv1.EndpointSliceRole:
		return []string{relabel.RoleEndpoints}
	}
	return []string{relabel.RoleEndpointSlice}
}

// Known are the values that meta labels of targets can have.
type Known map[string][]string

// Namespaces notes the namespaces of the targets of a monitor, unless it looks into all of them. A
// Prometheus may restrict it to its own namespace.
func (k Known) Namespaces(s monitoringv1.NamespaceSelector, own string) {
	if own != "" && !s.Any {
		k["__meta_kubernetes_namespace"] = append([]string{own}, s.MatchNames...)
	}
}

// Port notes the port that targets are selected by. It may be a regular expression.
func (k Known) Port(label, port string) {
	if texts, ok := relabeling.Literals(port); ok && len(texts) == 1 {
		k[label] = texts
	}
}

// Static notes the labels of the targets in a list of the object: their addresses, and each label
// that the list sets, with the value "" where another list has it and this one does not.
func (k Known) Static(lists []Static) {
	names := map[string]bool{}
	for _, list := range lists {
		for name := range list.Labels.Values {
			names[name] = names[name] || name != model.JobLabel && !strings.HasPrefix(name, "__") // those have defaults
		}
	}
	addresses := 0
	for _, list := range lists {
		addresses += len(list.Targets)
		for name, free := range names {
			if value := list.Labels.Values[name]; free && !slices.Contains(k[name], value) {
				k[name] = append(k[name], value)
			}
		}
	}
	if addresses > maxStatic || len(lists) > maxStatic {
		clear(k) // more than relabelings are run with
		return
	}
	for _, list := range lists {
		k[model.AddressLabel] = append(k[model.AddressLabel], list.Targets...)
	}
}

// maxStatic is the number of static targets up to which their labels are noted.
const maxStatic = 50

// Selector notes the values of the labels by which relabelings select the objects of a kind.
func (k Known) Selector(kind string, s metav1.LabelSelector, mechanism *monitoringv1.SelectorMechanism) {
	if SelectsByRole(mechanism) {
		return // the API server compares the labels, of which two may become one meta label
	}
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		k.label(kind, key, []string{s.MatchLabels[key]})
	}
	for _, e := range s.MatchExpressions {
		if e.Operator == metav1.LabelSelectorOpIn && len(e.Values) > 0 {
			k.label(kind, e.Key, e.Values)
		}
	}
}

// SelectsByRole reports whether the API server selects the objects of a monitor, and not relabelings.
func SelectsByRole(mechanism *monitoringv1.SelectorMechanism) bool {
	return mechanism != nil && *mechanism != monitoringv1.SelectorMechanismRelabel
}

// label notes the values of a label. All of several selections of one label apply, so that the
// first one is as true as the others.
func (k Known) label(kind, key string, values []string) {
	name := "__meta_kubernetes_" + kind + "_label_" + relabeling.SanitizeLabelName(key)
	if _, known := k[name]; !known {
		k[name] = values
	}
}
