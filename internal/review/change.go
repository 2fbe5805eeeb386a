package review

import (
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// relabel makes a namespace that is reviewed have the labels that it is about to get: they decide whether it is ignored, and
// which severities apply in it.
func (v *visit) relabel(object *Metadata) {
	if v.request.Kind.Kind == selection.NamespaceKind {
		v.view.Labels = selection.NamespaceLabels(v.request.Namespace, object.Labels)
	}
}

// addChanges adds what an update of an instance, or of the labels of a namespace, does to other objects.
func (v *visit) addChanges(s *validation.Snapshot) {
	if v.stored == nil {
		return
	}
	s.DenyLost = v.request.DenyLost
	if v.request.Kind.Kind == selection.NamespaceKind {
		s.Changes = v.Cluster.ChangesOf(v.request.Namespace, v.stored.Labels, v.labels)
		return
	}
	stored, object := v.versions()
	if stored == nil {
		return
	}
	if change, known := v.Cluster.ChangeOf(stored, object); known {
		s.Changes, s.ChangesItself = append(s.Changes, change), true
	}
}

// versions returns both versions of an instance that is updated. They are nil for any other object, and if nothing is
// known of what the stored one selects.
func (v *visit) versions() (stored, object selection.Object) {
	object, _ = v.object.(selection.Object)
	if kind, known := selection.KindNamed(v.request.Kind.Kind); object == nil || v.stored == nil || !known || !kind.Instance {
		return nil, nil
	}
	decoded, err := v.request.Kind.Decode(v.request.Stored)
	stored, isObject := decoded.(selection.Object)
	if err != nil || !isObject {
		return nil, nil
	}
	return stored, object
}
