package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/validation"
)

// validator answers the validating webhook.
type validator struct {
	kinds      []validation.Kind
	settings   *atomic.Pointer[Settings]
	namespaces Namespaces
	judge      validation.Judge
	metrics    *Metrics
	logger     *slog.Logger
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
	judged := false // whether the stored object has been judged when it came
	if request.Operation == admissionv1.Update {
		stored, err := readObject(request.OldObject.Raw)
		if err != nil {
			return answer{}, err
		}
		if object.sameAs(stored) {
			return allowed(resultUnchanged), nil
		}
		judged = !defaulting.Ignored(stored.forDefaulting(), nil)
	}
	found, err := v.findings(ctx, kind, request, namespace, judged)
	if err != nil {
		return answer{}, err
	}
	return v.verdict(request, found), nil
}

// findings on the object. On an update, what the stored object deserves as well is
// no more than a warning, unless nobody has judged that one because it was another
// engine's.
func (v *validator) findings(ctx context.Context, kind validation.Kind, request *admissionv1.AdmissionRequest, namespace map[string]string, judged bool) ([]validation.Finding, error) {
	policy := v.settings.Load().Policy
	snapshot := validation.Permissive()
	snapshot.Judge = v.judge
	severity := func(c validation.Info) validation.Severity { return policy.Severity(c, namespace) }

	found, err := kind.Run(ctx, request.Object.Raw, snapshot, severity)
	if err != nil {
		return nil, err
	}
	if !judged || len(denials(found)) == 0 {
		return found, nil
	}
	stored, err := kind.Run(ctx, request.OldObject.Raw, snapshot, severity)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("checking the stored object: %w", ctx.Err())
	}
	if err != nil {
		return found, nil //nolint:nilerr // what cannot be checked excuses nothing
	}
	return validation.Ratchet(found, stored), nil
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
