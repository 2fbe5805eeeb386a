package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/validation"
)

// validator answers the validating webhook.
type validator struct {
	kinds        []validation.Kind
	settings     *atomic.Pointer[Settings]
	namespaces   Namespaces
	prometheuses Prometheuses
	live         Live
	stale        func() (kind string, stale bool)
	permissive   validation.Judge
	metrics      *Metrics
	logger       *slog.Logger
}

func (v *validator) answer(ctx context.Context, request *admissionv1.AdmissionRequest) (answer, error) {
	if !changesObject(request) {
		return allowed(resultSkipped), nil
	}
	kind, ok := v.kind(request)
	if !ok {
		return allowed(resultUnknown, fmt.Sprintf("promgate has no checks for %s of %s/%s: take it out of the webhook configuration",
			request.Kind.Kind, request.Kind.Group, request.Kind.Version)), nil
	}
	object, err := readObject(request.Object.Raw)
	if err != nil {
		return answer{}, err
	}
	namespace := v.namespaces.Labels(request.Namespace)
	if object.Metadata.DeletionTimestamp != nil {
		return allowed(resultSkipped), nil
	}
	if defaulting.Ignored(object.forDefaulting(), namespace) {
		return allowed(resultIgnored), nil
	}
	r := &candidate{kind: kind, request: request, settings: v.settings.Load(), namespace: namespace, taking: v.taking(request, object.Metadata.Labels, namespace)}
	for i := range r.taking {
		r.taking[i].ParseTime = r.settings.ParseTime
	}
	if request.Operation == admissionv1.Update {
		stored, err := readObject(request.OldObject.Raw)
		if err != nil {
			return answer{}, err
		}
		if object.sameAs(stored) {
			return allowed(resultUnchanged), nil
		}
		before := v.taking(request, stored.Metadata.Labels, namespace)
		r.ratchets = !defaulting.Ignored(stored.forDefaulting(), nil) && subset(r.taking, before)
	}
	release := v.addCluster(r, object.Metadata.Labels, nil)
	admitted := false
	defer func() { // after a panic too
		switch {
		case release == nil: // nothing is reserved
		case admitted:
			time.AfterFunc(reservationTime, release)
		default:
			release()
		}
	}()
	a, err := v.judge(ctx, r)
	if rivals := r.refusing(); release == nil && len(rivals) > 0 && err == nil && a.response.Allowed {
		// Those who were in the way are gone, or may stay. Others may have come meanwhile.
		release = v.addCluster(r, object.Metadata.Labels, rivals)
		if slices.ContainsFunc(r.refusing(), func(rival validation.Rival) bool { return !slices.Contains(rivals, rival) }) {
			a, err = v.judge(ctx, r)
		}
	}
	admitted = err == nil && a.response.Allowed
	return a, err
}

// reservationTime is how long a monitor that was let in may take until the informer
// shows it: the longest that a request may take, and some seconds.
const reservationTime = defaultTimeout + 5*time.Second

func (v *validator) judge(ctx context.Context, r *candidate) (answer, error) {
	found, err := v.findings(ctx, r)
	if err != nil {
		return answer{}, err
	}
	found, retry := v.confirmed(ctx, v.doubted(found))
	if retry && len(denials(found)) == 0 {
		return tryAgain(r.request), nil
	}
	return v.verdict(r.request, found), nil
}

// candidate is an object that has to be judged.
type candidate struct {
	kind      validation.Kind
	request   *admissionv1.AdmissionRequest
	settings  *Settings
	namespace map[string]string // its labels
	taking    []validation.Snapshot

	// ratchets says that what the stored object deserves as well is no more than a
	// warning. It is not so where nobody has judged that one, because it was another
	// engine's, or because a Prometheus takes the object that did not before.
	ratchets bool
}

// refusing are the rivals over which the object would be refused.
func (r *candidate) refusing() []validation.Rival {
	var rivals []validation.Rival
	for _, c := range r.taking[0].Clashes { // all have the same
		if c.Refuses() && !slices.Contains(rivals, c.Rival) {
			rivals = append(rivals, c.Rival)
		}
	}
	return rivals
}

func (v *validator) findings(ctx context.Context, r *candidate) ([]validation.Finding, error) {
	severity := func(c validation.Info) validation.Severity { return r.settings.Policy.Severity(c, r.namespace) }

	found, err := r.kind.RunFor(ctx, r.request.Object.Raw, r.taking, severity)
	if err != nil {
		return nil, err
	}
	if !r.ratchets || len(denials(found)) == 0 {
		return validation.Settled(found), nil
	}
	before, was := slices.Clone(r.taking), v.known(r)
	for i := range before {
		before[i].Clashes, before[i].Services = was.Clashes, was.Services
	}
	stored, err := r.kind.RunFor(ctx, r.request.OldObject.Raw, before, severity)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("checking the stored object: %w", ctx.Err())
	}
	if err != nil {
		return validation.Settled(found), nil //nolint:nilerr // what cannot be checked excuses nothing
	}
	if dormant(stored) && !dormant(found) {
		// Its mistakes had no effect, because the operator left it out for another one.
		return validation.Settled(found), nil
	}
	return validation.Settled(validation.Ratchet(found, stored)), nil
}

// dormant says that the operator leaves an object out, so that none of its mistakes
// reaches a Prometheus.
func dormant(found []validation.Finding) bool {
	return slices.ContainsFunc(found, func(f validation.Finding) bool { return f.LeavesOut })
}

// taking are those that take an object with these labels. If nobody is known to, it is
// one that takes whatever some Prometheus could.
func (v *validator) taking(request *admissionv1.AdmissionRequest, labels, namespace map[string]string) []validation.Snapshot {
	if v.prometheuses != nil {
		if taking := v.prometheuses.Taking(request.Kind.Kind, request.Namespace, labels, namespace); len(taking) > 0 {
			return taking
		}
	}
	permissive := validation.Permissive()
	permissive.Judge = v.permissive
	return []validation.Snapshot{permissive}
}

// addCluster adds to what the checks may know what depends on the whole cluster. release
// gives back what was reserved for the object; nil if nothing is. Rivals that are settled
// are not in the way of that.
func (v *validator) addCluster(r *candidate, labels map[string]string, settled []validation.Rival) (release func()) {
	if v.prometheuses == nil {
		return nil
	}
	unselected := v.prometheuses.Unselected(r.request.Kind.Kind, r.request.Namespace, labels, r.namespace)
	now, release := v.reserve(r, settled)
	for i := range r.taking {
		r.taking[i].Unselected, r.taking[i].Clashes, r.taking[i].Services = unselected, now.Clashes, now.Services
	}
	return release
}

// subset says whether all of some Prometheuses are among others. One that is not known
// is like no other.
func subset(some, others []validation.Snapshot) bool {
	among := map[string]bool{}
	for _, s := range others {
		among[s.Prometheus.Name] = true
	}
	for _, s := range some {
		if s.Prometheus.Known() && !among[s.Prometheus.Name] {
			return false
		}
	}
	return true
}

func (v *validator) verdict(request *admissionv1.AdmissionRequest, found []validation.Finding) answer {
	v.metrics.countFindings(found)
	denied := denials(found)
	a := allowed(resultAllowed, warnings(found)...)
	if len(denied) == 0 {
		return a
	}
	v.logger.Info("denied an object", "kind", request.Kind.Kind, "namespace", request.Namespace,
		"name", request.Name, "operation", request.Operation, "checks", checkIDs(denied))
	a.result = resultDenied
	a.response.Allowed = false
	a.response.Result = denial(request, denied)
	return a
}

func (v *validator) kind(request *admissionv1.AdmissionRequest) (validation.Kind, bool) {
	for _, k := range v.kinds {
		if k.Group == request.Kind.Group && k.Version == request.Kind.Version && k.Kind == request.Kind.Kind {
			return k, true
		}
	}
	return validation.Kind{}, false
}

// changesObject reports whether the request is one to look at: not a delete, and
// not a subresource, which does not touch what a Prometheus reads.
func changesObject(request *admissionv1.AdmissionRequest) bool {
	return request.SubResource == "" &&
		(request.Operation == admissionv1.Create || request.Operation == admissionv1.Update)
}

func denials(found []validation.Finding) []validation.Finding {
	var denied []validation.Finding
	for _, f := range found {
		if f.Severity == validation.Deny {
			denied = append(denied, f)
		}
	}
	return denied
}

func checkIDs(found []validation.Finding) []string {
	var ids []string
	said := map[string]bool{}
	for _, f := range found {
		if !said[f.Check] {
			ids = append(ids, f.Check)
		}
		said[f.Check] = true
	}
	return ids
}
