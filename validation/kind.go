package validation

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/json"
)

// Kind ties a Kubernetes kind to its checks.
type Kind struct {
	schema.GroupVersionKind

	// Checks of the kind, in the order in which they run.
	Checks []Info

	// OneSuffices says that an object is fine as long as one of the Prometheus objects that
	// select it can use it. Otherwise it is at fault as soon as one cannot.
	OneSuffices bool

	decode func(raw []byte) (any, error)
	check  func(ctx context.Context, object any, s Snapshot, want func(Info) Severity) ([]Finding, error)
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
	k := Kind{GroupVersionKind: gvk, Checks: []Info{objectShape.Info()}}
	for _, c := range checks {
		k.Checks = append(k.Checks, c.Info())
	}
	k.decode = func(raw []byte) (any, error) {
		object := new(O)
		if err := json.UnmarshalCaseSensitivePreserveInts(raw, object); err != nil {
			return nil, err //nolint:wrapcheck // objectShape puts it into words
		}
		return object, nil
	}
	k.check = func(ctx context.Context, object any, s Snapshot, want func(Info) Severity) ([]Finding, error) {
		typed, ok := object.(*O)
		if !ok {
			return nil, fmt.Errorf("the object is a %T", object)
		}
		subject, err := prepare(ctx, typed, s)
		if err != nil {
			return nil, err
		}
		r := runner[T]{subject: subject, snapshot: s, checks: checks, results: make([][]Finding, len(checks)), done: make([]bool, len(checks))}
		return r.all(ctx, k.Checks[1:], want)
	}
	return k
}

// Decode reads an object of the kind, given as the API server writes it. The result is a
// pointer to the Go type of the kind, for [Kind.Check]. An error is the user's mistake:
// [Kind.Malformed] makes a finding of it.
func (k Kind) Decode(raw []byte) (object any, err error) {
	if err := Unreadable(raw); err != nil {
		return nil, err
	}
	return k.decode(raw)
}

// Malformed returns the finding for an object that [Kind.Decode] could not read, for a reason, if the
// check object-shape is not off.
func (k Kind) Malformed(raw []byte, err error, want func(Info) Severity) []Finding {
	info := objectShape.Info()
	severity := want(info)
	if severity == Off {
		return nil
	}
	return stamped(info, severity, objectShape.Run(undecodedObject{raw, err}, Snapshot{}))
}

// Check runs the checks on a decoded object. Want returns the severity of each check; a
// check that is off is not run. The findings come in the order of the checks; [Settled]
// decides what is shown of them, after [Ratchet]. An error means that promgate could not
// check: the context ended, or the object is beyond what can be checked in bounded time.
// Check may be called by several goroutines at once for one object.
func (k Kind) Check(ctx context.Context, object any, s Snapshot, want func(Info) Severity) ([]Finding, error) {
	found, err := k.check(ctx, object, s, want)
	if err != nil {
		return nil, fmt.Errorf("checking %s: %w", k.Kind, err)
	}
	return found, nil
}

// Run decodes an object, given as JSON, and checks it for one Prometheus.
func (k Kind) Run(ctx context.Context, raw []byte, s Snapshot, want func(Info) Severity) ([]Finding, error) {
	object, err := k.Decode(raw)
	if err != nil {
		return k.Malformed(raw, err, want), nil //nolint:nilerr // the user's mistake, not ours
	}
	return k.Check(ctx, object, s, want)
}

// A runner runs the checks of one kind on one object, each at most once.
type runner[T any] struct {
	subject  T
	snapshot Snapshot
	checks   []Check[T]
	results  [][]Finding
	done     []bool
}

func (r *runner[T]) all(ctx context.Context, infos []Info, want func(Info) Severity) ([]Finding, error) {
	var found []Finding
	for i := range r.checks {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("running check %s: %w", infos[i].ID, err)
		}
		severity := want(infos[i])
		if severity == Off {
			continue
		}
		found = append(found, stamped(infos[i], severity, r.result(i))...)
	}
	return found, nil
}

// result returns what one check finds.
func (r *runner[T]) result(i int) []Finding {
	if r.done[i] {
		return r.results[i]
	}
	r.done[i] = true
	check := &r.checks[i]
	if check.RunLast != nil {
		r.results[i] = check.RunLast(r.subject, r.snapshot, func() []Finding { return r.before(i) })
	} else {
		r.results[i] = check.Run(r.subject, r.snapshot)
	}
	for n := range r.results[i] {
		f := &r.results[i][n]
		f.Check, f.Severity, f.LeavesOut = check.ID, check.Severity, check.LeavesOut
	}
	return r.results[i]
}

// before returns what the checks before one find, also those that are off, with the severity
// as installed.
func (r *runner[T]) before(i int) []Finding {
	var found []Finding
	for n := range i {
		found = append(found, r.result(n)...)
	}
	return found
}

// maxFindings bounds what one check has to say of one object: with so many mistakes the
// next are of no use to anybody.
const maxFindings = 1000

// stamped completes the findings of one check, and bounds their number.
func stamped(check Info, severity Severity, found []Finding) []Finding {
	found = slices.Clone(found) // the checks after this one see them with the severity as installed
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
	}
	return found
}
