package selection

import (
	"maps"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// A Gap is what keeps an object out of a selection. The zero value is no gap.
type Gap struct {
	// Namespace says that the selection does not reach into the object's namespace.
	Namespace bool

	// Unwatched is the key of the configuration by which the operator takes nothing from the
	// object's namespace. Nothing else counts then.
	Unwatched string

	// Missing are labels that the object lacks, with the values that it would need.
	Missing map[string]string

	// Different are labels that the object has with another value than it would need.
	Different map[string]string

	// NoSelector is the kind of the object, if the instance has no selector for objects of the
	// kind at all.
	NoSelector string

	// Never says that no label closes the gap: the selector is nil, or asks for
	// something that no single value meets, or that the object has what it forbids.
	Never bool
}

// Closed says that the object is selected.
func (g Gap) Closed() bool {
	return g.Unwatched == "" && !g.Namespace && !g.Never && len(g.Missing) == 0 && len(g.Different) == 0
}

// Addable says that the object would be selected with the missing labels added, and is
// not without.
func (g Gap) Addable() bool {
	return !g.Namespace && !g.Never && len(g.Missing) > 0 && len(g.Different) == 0
}

// Gap says what keeps an object with these labels, in a namespace with those, out.
// Only matchLabels, and an In with one value, say which value a label needs.
func (s Selectors) Gap(kind, namespace string, object, ofNamespace map[string]string) Gap {
	selector, ok := s[kind]
	if !ok {
		return Gap{Never: true}
	}
	if key := selector.operator.unwatched(namespace); key != "" {
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
	// What is added must not meet what another requirement forbids.
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
