// Package review decides about one object: an object goes in, findings come out. Every door
// uses it, so that an object gets the same findings at each of them.
//
// A review is a sequence of steps: read the object, look for the instances that select it,
// run the checks for each of them, excuse what the stored object has already (ratcheting),
// confirm what it is refused over, and reserve the jobs that it claims.
package review

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// A Reviewer reviews objects against a cluster. It may be used by several goroutines; its
// fields must not be changed once it is in use.
type Reviewer struct {
	// Kinds are those that have checks.
	Kinds []validation.Kind

	// Cluster is the model that objects are reviewed against. Nil is a cluster of which
	// nothing is known: no instance selects anything.
	Cluster *cluster.Model

	// Judge gives the verdict on objects that no known instance selects. Nil gives none.
	Judge validation.Judge

	// Live reads a rival from the API server, to confirm a denial. Without it denials are not
	// confirmed.
	Live Live

	// Stale names a kind of which nothing has been heard for so long that the model may be
	// outdated. It answers from memory. Nil means that the model is never outdated.
	Stale func() (kind string, stale bool)

	// Logger is for what could not be confirmed. No part of an object goes there. Nil logs
	// nothing.
	Logger *slog.Logger
}

// Live reads one object from the API server, past all caches.
type Live interface {
	// Monitor returns a *monitoringv1.ServiceMonitor and so on, or nil if there is none.
	Monitor(ctx context.Context, ref selection.Ref) (selection.Object, error)
}

// A Request is an object that is about to be stored.
type Request struct {
	Kind            validation.Kind
	Namespace, Name string // Name is empty if the API server is to generate it

	// Object is the object as the API server writes it, and Stored the one that it replaces.
	// Stored is nil if the object is a new one.
	Object, Stored []byte

	// Severity returns how severe a check is in a namespace with these labels: as a rule
	// [validation.Policy.Severity].
	Severity func(check validation.Info, namespace labels.Set) validation.Severity

	// DuplicateJobs is the scope in which a job has one owner. The zero value is an endpoint.
	DuplicateJobs jobs.Scope

	// ParseTime is how long Prometheus' parser may take for the expressions of the object. 0
	// means [validation.DefaultParseTime].
	ParseTime time.Duration

	// Reserve makes the review take the jobs that the object claims, until it is known to be
	// stored. It is not set for a dry run, nor for files.
	Reserve bool
}

// A Result is the outcome of a review. [Result.Close] has to be called once.
type Result struct {
	// Passed says why the object was let in without a review. It is empty if there was one.
	Passed Passed

	// Findings are what is shown, in the order of the checks.
	Findings []validation.Finding

	// Retry says that a rival was let in a moment ago and may never be stored: the object can
	// neither be let in nor refused now. It is set only if there are no other denials.
	Retry bool

	release func() // gives back what was reserved; nil if nothing was
}

// Denied returns the findings that refuse the object.
func (r *Result) Denied() []validation.Finding {
	return withSeverity(r.Findings, validation.Deny)
}

// Admitted reports whether the object may be stored.
func (r *Result) Admitted() bool { return !r.Retry && !denies(r.Findings) }

// Review reviews one object. The error means that promgate could not: the context ended, or
// the object is beyond what can be checked. An object that is not as it should be is no
// error.
func (r *Reviewer) Review(ctx context.Context, request Request) (result *Result, err error) {
	v, passed, err := r.begin(request)
	if err != nil || passed != "" {
		return &Result{Passed: passed}, err
	}
	defer func() {
		if result == nil && v.release != nil { // it failed, or panicked
			v.release()
		}
	}()
	v.lookAround(nil)
	found, retry, err := v.findings(ctx)
	if err != nil {
		return nil, err
	}
	if rivals := v.refusing(); v.mayReserve() && len(rivals) > 0 && !retry && !denies(found) {
		// The rivals are gone, or do not count. Others may have come in the meantime.
		v.lookAround(rivals)
		if slices.ContainsFunc(v.refusing(), func(rival selection.Ref) bool { return !slices.Contains(rivals, rival) }) {
			if found, retry, err = v.findings(ctx); err != nil {
				return nil, err
			}
		}
	}
	return &Result{Findings: found, Retry: retry && !denies(found), release: v.release}, nil
}

// findings runs the checks and everything that weighs what they find.
func (v *visit) findings(ctx context.Context) (found []validation.Finding, retry bool, err error) {
	if found, err = v.check(ctx); err != nil {
		return nil, false, err
	}
	if found, err = v.ratchet(ctx, found); err != nil {
		return nil, false, err
	}
	found, retry = v.confirm(ctx, v.doubt(validation.Settled(found)))
	return found, retry, nil
}

func withSeverity(found []validation.Finding, severity validation.Severity) []validation.Finding {
	var those []validation.Finding
	for _, f := range found {
		if f.Severity == severity {
			those = append(those, f)
		}
	}
	return those
}

func denies(found []validation.Finding) bool {
	return slices.ContainsFunc(found, func(f validation.Finding) bool { return f.Severity == validation.Deny })
}
