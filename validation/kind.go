package validation

import (
	"context"
	"fmt"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Kind ties a Kubernetes kind to its checks.
type Kind struct {
	schema.GroupVersionKind

	// Checks of the kind, in the order in which they run.
	Checks []Info

	// OneTakes says that an object is fine as long as one of those that select it can
	// use it. Otherwise it is at fault as soon as one cannot.
	OneTakes bool

	run func(ctx context.Context, raw []byte, s Snapshot, want func(Info) Severity) ([]Finding, error)
}

// NewKind makes a Kind out of a list of checks. O is the Go type of the object, T
// what its checks look at: prepare makes it, once for all checks, and may do
// there what several of them need. Prepare looks at the context where it does
// much work; its error means that promgate could not check.
func NewKind[O, T any](
	gvk schema.GroupVersionKind,
	prepare func(ctx context.Context, object *O, s Snapshot) (T, error),
	checks []Check[T],
) Kind {
	return newKind(gvk, Decode, prepare, checks)
}

func newKind[O, T any](
	gvk schema.GroupVersionKind,
	decode func(raw []byte, object any) error,
	prepare func(ctx context.Context, object *O, s Snapshot) (T, error),
	checks []Check[T],
) Kind {
	k := Kind{GroupVersionKind: gvk, Checks: []Info{objectShape.Info()}}
	for _, c := range checks {
		k.Checks = append(k.Checks, c.Info())
	}
	k.run = func(ctx context.Context, raw []byte, s Snapshot, want func(Info) Severity) ([]Finding, error) {
		object := new(O)
		if err := decode(raw, object); err != nil {
			return stamp(objectShape.Info(), want, func() []Finding { return objectShape.Run(err, s) }), nil //nolint:nilerr // the user's mistake, not ours
		}
		subject, err := prepare(ctx, object, s)
		if err != nil {
			return nil, err
		}
		var found []Finding
		for _, c := range checks {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("running check %s: %w", c.ID, err)
			}
			found = append(found, stamp(c.Info(), want, func() []Finding { return c.Run(subject, s) })...)
		}
		return found, nil
	}
	return k
}

// maxFindings bounds what one check has to say of one object: with so many mistakes the
// next are of no use to anybody.
const maxFindings = 1000

// Run checks an object, given as JSON. Want says how severe each check is; one
// that is off is not run. The findings come in the order of the checks; what is shown of
// them is for [Settled] to say, after [Ratchet]. An error means that promgate could not
// check: the context ended, or the object is beyond what can be checked in bounded time.
func (k Kind) Run(ctx context.Context, raw []byte, s Snapshot, want func(Info) Severity) ([]Finding, error) {
	found, err := k.run(ctx, raw, s, want)
	if err != nil {
		return nil, fmt.Errorf("checking %s: %w", k.Kind, err)
	}
	return found, nil
}

func stamp(check Info, want func(Info) Severity, run func() []Finding) []Finding {
	severity := want(check)
	if severity == Off {
		return nil
	}
	found := run()
	if more := len(found) - maxFindings; more > 0 {
		// Their number tells them from those of another version of the object: what is not
		// shown must not pass for known.
		last := &found[maxFindings]
		*last = Finding{Path: last.Path, Problem: fmt.Sprintf("and %d more of the same kind", more), Key: Key("more", strconv.Itoa(more))}
		found = found[:maxFindings+1]
	}
	for i := range found {
		found[i].Check = check.ID
		found[i].Severity = severity
		found[i].LeavesOut = check.LeavesOut
		found[i].Path = oneLine(clip(found[i].Path, maxPath))
	}
	return found
}
