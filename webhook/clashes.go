package webhook

import (
	"context"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// known is what is known of others that the stored object has to do with. One that cannot
// be read has none: another check says why.
func (v *validator) known(r *candidate) validation.Snapshot {
	object := v.monitor(r.request.Kind.Kind, r.request.OldObject.Raw)
	if object == nil {
		return validation.Snapshot{}
	}
	return validation.Snapshot{Clashes: v.prometheuses.Clashes(object, r.settings.DuplicateJobs), Services: v.prometheuses.Services(object)}
}

// reserve is known for the object of a request, which takes its claims unless it is a dry
// run, or another rival than those settled is in the way.
func (v *validator) reserve(r *candidate, settled []validation.Rival) (s validation.Snapshot, release func()) {
	object := v.monitor(r.request.Kind.Kind, r.request.Object.Raw)
	if object == nil {
		return s, nil
	}
	s.Services = v.prometheuses.Services(object)
	dryRun := r.request.DryRun != nil && *r.request.DryRun
	if r.request.Operation == admissionv1.Create {
		// The API server has given it a time already. Until it is stored, it is younger than
		// all that are, those of the same second too.
		object.SetCreationTimestamp(metav1.Time{})
	}
	if dryRun {
		s.Clashes = v.prometheuses.Clashes(object, r.settings.DuplicateJobs)
		return s, nil
	}
	s.Clashes, release = v.prometheuses.Reserve(object, r.settings.DuplicateJobs, settled)
	return s, release
}

// monitor reads a monitor; nil if it is none, or cannot be read.
func (v *validator) monitor(kind string, raw []byte) metav1.Object {
	object := selection.NewObject(kind)
	if v.prometheuses == nil || object == nil || validation.Decode(raw, object) != nil {
		return nil
	}
	return object
}

// doubted turns what would refuse an object over another one into warnings while what is
// known of the cluster may be old: the other one may be gone for long. Nobody is asked
// about it then, because the API server is what has not been heard of.
func (v *validator) doubted(found []validation.Finding) []validation.Finding {
	if v.stale == nil {
		return found
	}
	kind, stale := v.stale()
	if !stale {
		return found
	}
	for i, f := range found {
		if f.Clash != nil && f.Severity == validation.Deny {
			found[i].Severity, found[i].Clash = validation.Warn, nil
			found[i].Problem = "let in unconfirmed, without news of " + kind + " objects: " + f.Problem
		}
	}
	return found
}

// maxConfirmations is how many rivals are asked for, until one is as it is known.
const maxConfirmations = 5

// confirmed leaves out denials over a rival that is gone, going or changed by now: what
// is known of the cluster may be some moments old, and a refusal has to be right. One
// that holds is enough. That is the only time that promgate asks the API server while an
// object waits.
//
// retry says that a rival was let in a moment ago and is not stored: it may never be.
func (v *validator) confirmed(ctx context.Context, found []validation.Finding) (rest []validation.Finding, retry bool) {
	c := confirmation{validator: v, asked: map[question]bool{}}
	for _, f := range found {
		switch {
		case f.Clash == nil || f.Severity != validation.Deny || c.holds(ctx, f.Clash):
			rest = append(rest, f)
		case f.Clash.Reserved:
			retry = true
		}
	}
	return rest, retry
}

// A question is whether a rival is as it is known, or as it was let in.
type question struct {
	validation.Rival

	reserved bool
}

// confirmation asks for each rival once, until one holds.
type confirmation struct {
	*validator

	asked   map[question]bool
	certain bool
}

func (c *confirmation) holds(ctx context.Context, clash *validation.Clash) bool {
	rival := question{clash.Rival, clash.Reserved}
	held, known := c.asked[rival]
	switch {
	case known:
		return held
	case c.certain:
		return true
	case len(c.asked) == maxConfirmations:
		return false
	}
	live, err := c.live.Monitor(ctx, rival.Kind, rival.Namespace, rival.Name)
	if err != nil {
		c.logger.Warn("could not confirm a duplicate job", "rival", rival.String(), "error", err)
	}
	c.certain = err == nil && live != nil && c.prometheuses.Holds(live, clash.Reserved)
	c.asked[rival] = c.certain
	return c.certain
}
