package review

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// A Lister reads objects from the API server, past all caches.
type Lister interface {
	// Objects calls visit for the objects of a kind, in a namespace or, if that is empty, in all of them, until visit
	// returns false. Objects that cannot be decoded are left out.
	Objects(ctx context.Context, kind, namespace string, visit func(selection.Object) bool) error
}

const (
	// maxAhead is how many objects an update makes the review read and judge, for each instance.
	maxAhead = 500

	// aheadShare is the part of the remaining time that this may take, and aheadTime its limit: whoever applies the
	// update waits for it.
	aheadShare = 2
	aheadTime  = 2 * time.Second
)

// An outlook is an instance before and after an update, and the objects about which its verdict may change, ordered by name.
type outlook struct {
	before, after *cluster.Instance
	affected      []selection.Ref
}

// lookAhead returns what the instances refuse after an update of what they then select, and did not refuse before. The model
// holds no whole objects, so they are read.
func (v *visit) lookAhead(ctx context.Context, outlooks []outlook) []validation.Refusals {
	if v.Objects == nil {
		return nil
	}
	limit := aheadTime
	if deadline, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(deadline)/aheadShare)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var all []validation.Refusals
	for _, o := range outlooks {
		if len(o.affected) == 0 || o.before.Err != nil || o.after.Err != nil {
			continue
		}
		all = append(all, v.lookInto(ctx, o))
	}
	return all
}

// lookInto reads and judges the objects of one outlook, kind by kind, until there are none left, or there is no time left.
func (v *visit) lookInto(ctx context.Context, o outlook) validation.Refusals {
	r := validation.Refusals{Instance: o.after.Ref, Affected: len(o.affected)}
	wanted := map[string]map[selection.Ref]bool{}
	for _, ref := range o.affected[:min(len(o.affected), maxAhead)] {
		if wanted[ref.Kind] == nil {
			wanted[ref.Kind] = map[selection.Ref]bool{}
		}
		wanted[ref.Kind][ref] = true
	}
	for _, kind := range slices.Sorted(maps.Keys(wanted)) {
		if ctx.Err() != nil {
			break
		}
		missing := wanted[kind]
		err := v.Objects.Objects(ctx, kind, onlyNamespace(missing), func(object selection.Object) bool {
			ref := selection.RefOf(object)
			if !missing[ref] {
				return ctx.Err() == nil
			}
			reasons := v.refusedAfter(ctx, o, ref, object)
			if ctx.Err() != nil {
				return false // it was not judged to the end
			}
			delete(missing, ref)
			r.Looked++
			if len(reasons) > 0 {
				r.Objects = append(r.Objects, validation.Refusal{Ref: ref, Reasons: reasons})
			}
			return len(missing) > 0
		})
		switch {
		case ctx.Err() != nil:
		case err == nil:
			r.Looked += len(missing) // deleted meanwhile, or unreadable: they are not loaded either
		case v.Logger != nil:
			v.Logger.Warn("could not read what an update affects", "kind", kind, "error", err)
		}
	}
	slices.SortFunc(r.Objects, func(a, b validation.Refusal) int { return a.Compare(b.Ref) })
	return r
}

// onlyNamespace returns the namespace of the objects, or nothing if they are in several.
func onlyNamespace(refs map[selection.Ref]bool) string {
	namespace := ""
	for ref := range refs {
		if namespace != "" && ref.Namespace != namespace {
			return ""
		}
		namespace = ref.Namespace
	}
	return namespace
}

// refusedAfter returns why an instance refuses an object after the update, without the reasons that it had before. An object
// that is ignored was let through on purpose.
func (v *visit) refusedAfter(ctx context.Context, o outlook, ref selection.Ref, object selection.Object) []validation.Finding {
	was, is := v.Cluster.NamespaceLabels(ref.Namespace), v.Cluster.NamespaceLabels(ref.Namespace)
	if v.request.Kind.Kind == selection.NamespaceKind && ref.Namespace == v.request.Namespace {
		was, is = selection.NamespaceLabels(ref.Namespace, v.stored.Labels), v.view.Labels
	}
	marks := defaulting.Object{Labels: object.GetLabels(), Annotations: object.GetAnnotations()}
	if object.GetDeletionTimestamp() != nil || defaulting.Ignored(marks, is) || !o.after.Selects(ref.Kind, ref.Namespace, object.GetLabels(), is) {
		return nil
	}
	reasons := v.refusals(ctx, o.after, object)
	if len(reasons) == 0 || !o.before.Selects(ref.Kind, ref.Namespace, object.GetLabels(), was) {
		return reasons
	}
	type mistake struct{ check, key string }
	known := map[mistake]bool{}
	for _, f := range v.refusals(ctx, o.before, object) {
		known[mistake{f.Check, f.Key}] = true
	}
	return slices.DeleteFunc(reasons, func(f validation.Finding) bool { return known[mistake{f.Check, f.Key}] })
}

// refusals returns the findings because of which an instance refuses an object, or the operator leaves it out, whatever severity
// the configuration gives them: it does not change what the instance does.
func (v *visit) refusals(ctx context.Context, i *cluster.Instance, object selection.Object) []validation.Finding {
	s := i.Snapshot()
	s.ParseTime, s.Memo = v.request.ParseTime, v.request.Memo
	found := v.run(ctx, object, s, defaultSeverity)
	return slices.DeleteFunc(found, func(f validation.Finding) bool { return f.Severity != validation.Deny && !f.LeavesOut })
}
