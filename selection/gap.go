package selection

import (
	"maps"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// A Gap is the reason why an object is not selected. The zero value is no gap.
type Gap struct {
	// Namespace reports that the selector does not select from the object's namespace.
	Namespace bool

	// Unwatched is the configuration key that makes the operator ignore the object's namespace.
	// If it is set, nothing else counts.
	Unwatched string

	// Missing are the labels that the object does not have, with the values that it needs.
	Missing map[string]string

	// Different are the labels whose value is wrong, with the values that the object needs.
	Different map[string]string

	// NoSelector is the kind of the object, if the instance has no selector for objects of the
	// kind at all.
	NoSelector string

	// Never reports that no label closes the gap: the selector is nil, or no single value meets
	// it, or the object has a label that it forbids.
	Never bool
}

// Closed reports whether the object is selected.
func (g Gap) Closed() bool {
	return g.Unwatched == "" && !g.Namespace && !g.Never && len(g.Missing) == 0 && len(g.Different) == 0
}

// Addable reports whether adding the missing labels is enough for the object to be selected.
func (g Gap) Addable() bool {
	return !g.Namespace && !g.Never && len(g.Missing) > 0 && len(g.Different) == 0
}

// Gap returns the reason why an object with the given labels is not selected. ofNamespace are
// the labels of its namespace. Only matchLabels, and an In with one value, tell which value a
// label needs.
func (s Selectors) Gap(kind, namespace string, object, ofNamespace map[string]string) Gap {
	selector, ok := s[kind]
	if !ok {
		return Gap{Never: true}
	}
	if key := selector.operator.unwatched(kind, namespace); key != "" {
		return Gap{Unwatched: key}
	}
	gap := Gap{Namespace: !selector.reaches(namespace, ofNamespace)}
	requirements, selectable := selector.objects.Requirements()
	if !selectable {
		return Gap{Never: true, Namespace: gap.Namespace}
	}
	for _, r := range requirements {
		gap = gap.weigh(r, object)
	}
	if gap.Never || gap.Closed() {
		return gap
	}
	// The added labels must not be ones that another requirement forbids.
	completed := maps.Clone(object)
	if completed == nil {
		completed = map[string]string{}
	}
	maps.Copy(completed, gap.Missing)
	maps.Copy(completed, gap.Different)
	gap.Never = !selector.objects.Matches(labels.Set(completed))
	return gap
}

func (g Gap) weigh(r labels.Requirement, object map[string]string) Gap {
	if r.Matches(labels.Set(object)) {
		return g
	}
	values := r.ValuesUnsorted()
	equals := r.Operator() == selection.In || r.Operator() == selection.Equals || r.Operator() == selection.DoubleEquals
	if !equals || len(values) != 1 {
		g.Never = true
		return g
	}
	if _, has := object[r.Key()]; has {
		g.Different = with(g.Different, r.Key(), values[0])
		return g
	}
	g.Missing = with(g.Missing, r.Key(), values[0])
	return g
}

func with(m map[string]string, name, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[name] = value
	return m
}
