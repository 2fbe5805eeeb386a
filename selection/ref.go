package selection

import (
	"cmp"

	"k8s.io/apimachinery/pkg/types"
)

// A Ref names an object of a cluster.
type Ref struct {
	Kind, Namespace, Name string
}

// RefOf returns the name of an object. It is empty if the object's kind is not in the table
// of kinds.
func RefOf(object Object) Ref {
	kind, known := KindOf(object)
	if !known {
		return Ref{}
	}
	return Ref{Kind: kind.Kind, Namespace: object.GetNamespace(), Name: object.GetName()}
}

// String returns the kind, and the namespace and name.
func (r Ref) String() string { return r.Kind + " " + r.Path() }

// Path returns the namespace and name without the kind.
func (r Ref) Path() string { return r.Namespace + "/" + r.Name }

// NamespacedName returns the name without the kind.
func (r Ref) NamespacedName() types.NamespacedName {
	return types.NamespacedName{Namespace: r.Namespace, Name: r.Name}
}

// Compare orders names by namespace, name and kind.
func (r Ref) Compare(other Ref) int {
	return cmp.Or(cmp.Compare(r.Namespace, other.Namespace), cmp.Compare(r.Name, other.Name), cmp.Compare(r.Kind, other.Kind))
}
