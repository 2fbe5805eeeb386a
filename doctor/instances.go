package doctor

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	pkgselection "k8s.io/apimachinery/pkg/selection"

	"github.com/promgate/promgate/selection"
)

// examineInstances is about Prometheus, PrometheusAgent and ThanosRuler objects that select nothing.
func (e *examiner) examineInstances() {
	if e.unreadable("instances", "prometheuses", "Whether each Prometheus selects something") {
		return
	}
	found, before := len(e.Instances), len(e.steps)
	for _, object := range e.Instances {
		e.examineInstance(object)
	}
	for _, m := range e.Malformed {
		e.problem("instances", m+" The operator and promgate cannot read it.", "Correct the object, and install the operator's current CRDs.")
	}
	switch {
	case found == 0:
		e.ok("instances", "There is no Prometheus, PrometheusAgent or ThanosRuler: promgate checks the objects alone.")
	case len(e.steps) == before:
		e.ok("instances", plural(found, "Prometheus, PrometheusAgent or ThanosRuler object has", "Prometheus, PrometheusAgent and ThanosRuler objects have")+" selectors that can match.")
	}
}

func (e *examiner) examineInstance(object selection.Object) {
	kind, known := selection.KindOf(object)
	if !known {
		return
	}
	name := fmt.Sprintf("%s %s/%s", kind.Kind, object.GetNamespace(), object.GetName())
	chosen, err := selection.OfInstance(object)
	if err != nil {
		e.problem("instances", fmt.Sprintf("%s selects nothing: %v.", name, err), "Correct the selector.")
		return
	}
	if !slices.ContainsFunc(selection.SelectableKinds(), func(k selection.Kind) bool { return chosen.Has(k.Kind) }) {
		e.unknown("instances", name+" selects nothing: all its selectors are missing. That is right only if somebody writes its configuration by hand.",
			"Set a selector; an empty one, {}, selects everything.")
		return
	}
	for _, c := range selection.ChoicesOf(object) {
		if c.Objects == nil {
			continue
		}
		if why := contradiction(c.Objects); why != "" {
			e.problem("instances", fmt.Sprintf("The %sSelector of %s matches nothing: %s.", c.Field, name, why), "Correct the selector.")
		}
		e.examineNamespaceSelector(name, c)
	}
}

// examineNamespaceSelector is about selectors that no namespace of the cluster matches.
func (e *examiner) examineNamespaceSelector(name string, c selection.Choice) {
	if c.Namespaces == nil || len(e.Namespaces) == 0 || e.Unread["namespaces"] != "" {
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(c.Namespaces)
	if err != nil {
		return // said above
	}
	for _, n := range e.Namespaces {
		if selector.Matches(labels.Set(selection.NamespaceLabels(n.Name, n.Labels))) {
			return
		}
	}
	e.problem("instances", fmt.Sprintf("The %sNamespaceSelector of %s, %s, matches no namespace.", c.Field, name, metav1.FormatLabelSelector(c.Namespaces)),
		"Correct the selector, or label the namespaces.")
}

// contradiction returns why no labels can match a selector, or nothing.
func contradiction(s *metav1.LabelSelector) string {
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return ""
	}
	requirements, selectable := selector.Requirements()
	if !selectable {
		return ""
	}
	byKey := map[string][]labels.Requirement{}
	for _, r := range requirements {
		byKey[r.Key()] = append(byKey[r.Key()], r)
	}
	for _, r := range requirements {
		key := r.Key()
		if list := byKey[key]; len(list) > 1 && !satisfiable(key, list) {
			return fmt.Sprintf("what it requires of the label %s contradicts itself (%s)", key, metav1.FormatLabelSelector(s))
		}
	}
	return ""
}

// satisfiable reports whether the label may be absent, or have a value, so that all requirements are met. The values
// to try are those that are named, and one that is not.
func satisfiable(key string, requirements []labels.Requirement) bool {
	meets := func(of labels.Set) bool {
		return !slices.ContainsFunc(requirements, func(r labels.Requirement) bool { return !r.Matches(of) })
	}
	values := []string{"promgate-doctor-any-other"}
	for _, r := range requirements {
		if r.Operator() == pkgselection.GreaterThan || r.Operator() == pkgselection.LessThan {
			return true // no selector of the API has these
		}
		values = append(values, r.Values().UnsortedList()...)
	}
	return meets(labels.Set{}) || slices.ContainsFunc(values, func(v string) bool { return meets(labels.Set{key: v}) })
}
