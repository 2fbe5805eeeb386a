// Package review decides about one object: an object goes in, findings come out. The webhook,
// render, the loop and the case runner all use it, so that an object gets the same findings
// everywhere.
//
// A review is a sequence of steps: read the object, find the instances that select it, run the
// checks for each of them, excuse the mistakes that the stored object already has (ratcheting),
// confirm the rivals behind a denial, and reserve the jobs that the object claims.
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
	// Kinds are the kinds that have checks.
	Kinds []validation.Kind

	// Cluster is the model that objects are reviewed against. If it is nil, nothing is known and no
	// instance selects anything.
	Cluster *cluster.Model

	// Judge gives the verdict on objects that no known instance selects. If it is nil, there is no
	// verdict.
	Judge validation.Judge

	// Live reads a rival from the API server, to confirm a denial. If it is nil, denials are not
	// confirmed.
	Live Live

	// Stale returns a kind about which nothing has been heard for so long that the model may be
	// outdated, or "". It answers from memory. If Stale is nil, the model is never outdated.
	Stale func() (kind string, stale bool)

	// Logger receives what could not be confirmed, and never any part of an object. If it is nil,
	// nothing is logged.
	Logger *slog.Logger
}

// Live reads single objects from the API server, past all caches.
type Live interface {
	// Monitor returns a *monitoringv1.ServiceMonitor and so on, or nil if the monitor does not
	// exist.
	Monitor(ctx context.Context, ref selection.Ref) (selection.Object, error)
}

// Settings are what a configuration says about reviews, the day of the review, and what a run remembers.
type Settings struct {
	// Severity returns the severity of a check in a namespace with these labels, usually from
	// [validation.Policy.Severity].
	Severity func(check validation.Info, namespace labels.Set) validation.Severity

	// DuplicateJobs is the scope in which a job has one owner. The zero value is an endpoint.
	DuplicateJobs jobs.Scope

	// DenyLost is the number of objects from which on the update of a Prometheus that no longer selects them is refused. 0
	// means that none is.
	DenyLost int

	// ParseTime is how long Prometheus' parser may take for the expressions of one object. 0 means
	// [validation.DefaultParseTime].
	ParseTime time.Duration

	// Suppressions says which findings the annotation of an object suppresses, if it has not expired
	// by Today. Where the content of Secrets is known, certificates have to be valid at that time.
	Suppressions validation.Suppressions
	Today        time.Time

	// Memo remembers what was parsed for other objects of the same run. It may be nil.
	Memo *validation.Memo
}

// A Request is an object that is about to be stored.
type Request struct {
	Settings

	Kind            validation.Kind
	Namespace, Name string // Name is empty if the API server generates it

	// Object is the object as the API server writes it, and Stored the object that it replaces.
	// Stored is nil if the object is new.
	Object, Stored []byte

	// Decoded is the object as Kind.Decode returns it, or nil if that is left to the review. With it, a new
	// object needs no Object. It must not be changed any more.
	Decoded any

	// IsStored means that the object is not about to be stored: it is, and stays. Stored is nil then.
	IsStored bool

	// Reserve makes the review reserve the jobs that the object claims, until it is known to be
	// stored. It is false for a dry run and for files.
	Reserve bool
}

// A Result is the outcome of a review. The caller calls [Result.Close] once.
type Result struct {
	// Passed is the reason why the object was admitted without a review. It is empty if there was
	// one.
	Passed Passed

	// Findings are the findings to show, in the order of the checks.
	Findings []validation.Finding

	// Suppressed are the findings that the object's annotation suppresses.
	Suppressed []validation.Finding

	// Retry means that a rival was admitted a moment ago and may never be stored: the object can
	// neither be admitted nor refused now. It is true only if there are no other denials.
	Retry bool

	// Lasting means that the same review of the same object would have this result again, as long as the model has the
	// same revision: it does not depend on the time, on what the API server answered, or on a reservation.
	Lasting bool

	release func() // gives the reserved claims back; nil if nothing was reserved
}

// Denied returns the findings that refuse the object.
func (r *Result) Denied() []validation.Finding { return Denials(r.Findings) }

// Denials returns the findings that refuse an object.
func Denials(found []validation.Finding) []validation.Finding {
	return withSeverity(found, validation.Deny)
}

// Admitted reports whether the object may be stored.
func (r *Result) Admitted() bool { return !r.Retry && !anyDenial(r.Findings) }

// Review reviews one object. An error means that promgate could not: the context ended, or the
// object is beyond what can be checked. A mistake in the object is a finding, never an error.
func (r *Reviewer) Review(ctx context.Context, request Request) (result *Result, err error) {
	v, passed, err := r.begin(request)
	if err != nil || passed != "" {
		return &Result{Passed: passed, Lasting: err == nil}, err
	}
	defer func() {
		if result == nil && v.release != nil { // the review failed or panicked
			v.release()
		}
	}()
	v.lookAround(nil)
	found, retry, err := v.findings(ctx)
	if err != nil {
		return nil, err
	}
	if rivals := v.refusing(); v.mayReserve() && len(rivals) > 0 && !retry && !anyDenial(found) {
		// The rivals do not exist any more, or do not count. New ones may have come meanwhile.
		v.lookAround(rivals)
		if slices.ContainsFunc(v.refusing(), func(rival selection.Ref) bool { return !slices.Contains(rivals, rival) }) {
			if found, retry, err = v.findings(ctx); err != nil {
				return nil, err
			}
		}
	}
	return &Result{Findings: found, Suppressed: v.suppressed, Retry: retry && !anyDenial(found), Lasting: v.isLasting(), release: v.release}, nil
}

// findings runs the checks and all steps that change or omit their findings.
func (v *visit) findings(ctx context.Context) (found []validation.Finding, retry bool, err error) {
	if found, err = v.check(ctx); err != nil {
		return nil, false, err
	}
	if found, err = v.ratchet(ctx, found); err != nil {
		return nil, false, err
	}
	found, v.suppressed = v.suppress(validation.Settled(found))
	v.clashed = v.clashed || slices.ContainsFunc(found, func(f validation.Finding) bool { return f.Clash != nil })
	found, retry = v.confirm(ctx, v.doubt(found))
	return found, retry, nil
}

// isLasting says what [Result.Lasting] means: suppressions expire, instances are compared with objects that are read from the API
// server, and rivals are confirmed there.
func (v *visit) isLasting() bool {
	kind, _ := selection.KindNamed(v.request.Kind.Kind)
	return !kind.Instance && kind.Selectable && !v.clashed && v.release == nil && v.annotations[validation.SuppressionAnnotation] == ""
}

func withSeverity(found []validation.Finding, severity validation.Severity) []validation.Finding {
	var matching []validation.Finding
	for _, f := range found {
		if f.Severity == severity {
			matching = append(matching, f)
		}
	}
	return matching
}

func anyDenial(found []validation.Finding) bool {
	return slices.ContainsFunc(found, func(f validation.Finding) bool { return f.Severity == validation.Deny })
}
