package cluster

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/selection"
)

// A View is what the instances of a cluster make of the objects of one namespace, at one
// moment.
type View struct {
	Namespace string
	Labels    map[string]string // of the namespace

	instances []*Instance
}

// View returns the view of a namespace as it is now.
func (m *Model) View(namespace string) View {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return View{Namespace: namespace, Labels: selection.NamespaceLabels(namespace, m.namespaces[namespace]), instances: m.instances}
}

// Selecting returns the instances that select an object of a kind with these labels,
// ordered by name.
func (v View) Selecting(kind string, labels map[string]string) []*Instance {
	var selecting []*Instance
	for _, i := range v.instances {
		if i.Selects(kind, v.Namespace, labels, v.Labels) {
			selecting = append(selecting, i)
		}
	}
	return selecting
}

// Standing reports which instances select such an object, and what keeps it out of the
// others. known is false if no instance asks for objects of the kind: nothing can be said
// then.
func (v View) Standing(kind string, labels map[string]string) (standing selection.Standing, known bool) {
	for _, i := range v.instances {
		if !i.Selectors.Has(kind) {
			continue
		}
		known = true
		gap := i.Selectors.Gap(kind, v.Namespace, labels, v.Labels)
		if gap.Closed() {
			standing.SelectedBy = append(standing.SelectedBy, i.Name())
		} else {
			standing.Near = append(standing.Near, selection.Near{Name: i.Name(), Gap: gap})
		}
	}
	standing.Sort()
	return standing, known
}

// Unselected returns what keeps such an object out of each instance, the nearest first. It
// is empty if one selects it, or if there is no instance at all.
func (v View) Unselected(kind string, labels map[string]string) []selection.Near {
	standing, known := v.Standing(kind, labels)
	switch {
	case len(standing.SelectedBy) > 0:
		return nil
	case !known:
		return v.notAsking(kind)
	case standing.Near[0].Gap.Unwatched != "":
		return standing.Near[:1] // the operator's scope is the same for all
	}
	return standing.Near
}

// notAsking returns the instances that could select objects of a kind, and have no selector
// for it, by name.
func (v View) notAsking(kind string) []selection.Near {
	var near []selection.Near
	for _, i := range v.instances {
		if i.Selectors != nil && mayAskFor(i.Ref.Kind, kind) {
			near = append(near, selection.Near{Name: i.Name(), Gap: selection.Gap{Never: true, NoSelector: kind}})
		}
	}
	return near
}

// mayAskFor reports whether instances of a kind can have a selector for objects of another:
// a ThanosRuler selects rules alone, and a PrometheusAgent selects no rules.
func mayAskFor(instance, kind string) bool {
	if kind == monitoringv1.PrometheusRuleKind {
		return instance != monitoringv1alpha1.PrometheusAgentsKind
	}
	return instance != monitoringv1.ThanosRulerKind
}
