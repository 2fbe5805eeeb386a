package validation

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Kind ties a Kubernetes kind to its checks.
type Kind struct {
	schema.GroupVersionKind

	// Checks are the checks of the kind, in the order in which they run.
	Checks []Info

	// OneSuffices means that an object is valid if at least one of the Prometheus objects that
	// select it can use it. Otherwise one that cannot use it is enough to report a mistake.
	OneSuffices bool

	decode func(raw []byte) (any, error)
	check  func(ctx context.Context, object any, s Snapshot, want func(Info) Severity) ([]Finding, error)
}

// NewKind returns a Kind with a list of checks. O is the Go type of the object, T the type that its
// checks look at. prepare makes the T, once for all checks, and may compute there what several of
// them need. It observes the context if that is much work; an error means that promgate could not
// check.
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
	k.decode = func(raw []byte) (any, error) {
		object := new(O)
		if err := decode(raw, object); err != nil {
			return nil, err
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

// FindKind returns the kind among others.
func FindKind(kinds []Kind, gvk schema.GroupVersionKind) (kind Kind, found bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.GroupVersionKind == gvk })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// HasCheck reports whether the kind has a check with that id.
func (k Kind) HasCheck(id string) bool {
	return slices.ContainsFunc(k.Checks, func(c Info) bool { return c.ID == id })
}

// Decode decodes an object of the kind, given as the API server writes it. The result is a pointer
// to the Go type of the kind, for [Kind.Check]. An error is the user's mistake: [Kind.Malformed]
// makes a finding of it.
func (k Kind) Decode(raw []byte) (object any, err error) {
	return k.decode(raw)
}

// Malformed returns the finding for an object that [Kind.Decode] could not decode, unless the check
// object-shape is off.
func (k Kind) Malformed(raw []byte, err error, want func(Info) Severity) []Finding {
	info := objectShape.Info()
	severity := want(info)
	if severity == Off {
		return nil
	}
	return stampFindings(info, severity, objectShape.Run(undecodedObject{raw, err}, Snapshot{}))
}

// Check runs the checks on a decoded object. Want returns the severity of each check; a check that
// is off is not run. The findings come in the order of the checks. [Settled] decides, after
// [Ratchet], which of them are shown. An error means that promgate could not check: the context
// ended, or the object is beyond what can be checked in bounded time. Several goroutines may call
// Check at once for one object.
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
		return k.Malformed(raw, err, want), nil
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
		found = append(found, stampFindings(infos[i], severity, r.result(i))...)
	}
	return found, nil
}

// result returns the findings of one check.
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

// before returns the findings of the checks earlier in the list, with their default severity and
// including checks that are off.
func (r *runner[T]) before(i int) []Finding {
	var found []Finding
	for n := range i {
		found = append(found, r.result(n)...)
	}
	return found
}

// maxFindings bounds the findings of one check about one object: more of them would not help
// anybody.
const maxFindings = 1000

// stampFindings completes the findings of one check, and bounds their number.
func stampFindings(check Info, severity Severity, found []Finding) []Finding {
	found = slices.Clone(found) // later checks see these findings with the default severity
	if more := len(found) - maxFindings; more > 0 {
		// The number is part of the key, which therefore differs between versions of the object: a
		// mistake that is not shown must not count as known.
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
