package review

import (
	"context"

	"github.com/promgate/promgate/internal/cluster"
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
func (v *visit) addChanges(ctx context.Context, s *validation.Snapshot) {
	if v.stored == nil {
		return
	}
	s.DenyLost = v.request.DenyLost
	if v.request.Kind.Kind == selection.NamespaceKind {
		v.addRelabeled(ctx, s)
		return
	}
	v.addUpdated(ctx, s)
}

// addRelabeled is about other labels of a namespace.
func (v *visit) addRelabeled(ctx context.Context, s *validation.Snapshot) {
	s.Changes = v.Cluster.ChangesOf(v.request.Namespace, v.stored.Labels, v.labels)
	var outlooks []outlook
	for i := range s.Changes {
		if instance := v.Cluster.Instance(s.Changes[i].Instance); instance != nil {
			outlooks = append(outlooks, outlook{before: instance, after: instance, affected: s.Changes[i].Gained})
		}
	}
	s.Refusals = v.lookAhead(ctx, outlooks)
}

// addUpdated is about another version of an instance. If it may judge otherwise than before, all that it selects is affected.
func (v *visit) addUpdated(ctx context.Context, s *validation.Snapshot) {
	before, after := v.versions()
	if before == nil {
		return
	}
	s.ChangesItself = true
	change, changes := v.Cluster.ChangeOf(before, after)
	if changes {
		s.Changes = append(s.Changes, change)
	}
	o := outlook{before: before, after: after, affected: change.Gained}
	if !before.JudgesAs(after) {
		o.affected = v.Cluster.Index().SelectedBy(after.Selectors)
	}
	s.Refusals = v.lookAhead(ctx, []outlook{o})
}

// versions returns both versions of an instance that is updated. They are nil for any other object, and if nothing is
// known of what the stored one selects.
func (v *visit) versions() (before, after *cluster.Instance) {
	object, _ := v.object.(selection.Object)
	if kind, known := selection.KindNamed(v.request.Kind.Kind); object == nil || !known || !kind.Instance {
		return nil, nil
	}
	decoded, err := v.request.Kind.Decode(v.request.Stored)
	stored, isObject := decoded.(selection.Object)
	if err != nil || !isObject {
		return nil, nil
	}
	return v.Cluster.Candidate(stored), v.Cluster.Candidate(object)
}
