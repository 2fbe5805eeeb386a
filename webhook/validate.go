package webhook

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation"
)

// validator answers the validating webhook.
type validator struct {
	reviewer *review.Reviewer
	settings *atomic.Pointer[Settings]
	metrics  *Metrics
	logger   *slog.Logger
}

func (v *validator) answer(ctx context.Context, request *admissionv1.AdmissionRequest) (answer, error) {
	if !changesObject(request) {
		return allowedAnswer(resultSkipped), nil
	}
	kind, ok := v.kind(request)
	if !ok {
		return allowedAnswer(resultUnknown, fmt.Sprintf("promgate has no checks for %s of %s/%s: take it out of the webhook configuration",
			request.Kind.Kind, request.Kind.Group, request.Kind.Version)), nil
	}
	result, err := v.reviewer.Review(ctx, v.request(kind, request))
	if err != nil {
		return answer{}, err //nolint:wrapcheck // the error names the cause
	}
	admitted := false
	defer func() { result.Close(admitted) }() // also after a panic
	a := v.verdict(request, result)
	admitted = a.response.Allowed
	return a, nil
}

// request converts an admission request to a request of the review.
func (v *validator) request(kind validation.Kind, request *admissionv1.AdmissionRequest) review.Request {
	settings := v.settings.Load()
	r := review.Request{
		Kind: kind, Namespace: request.Namespace, Name: request.Name,
		Object: request.Object.Raw, Reserve: request.DryRun == nil || !*request.DryRun,
		Settings: review.Settings{
			Severity: settings.Policy.Severity, DuplicateJobs: settings.DuplicateJobs, DenyLost: settings.DenyLost, ParseTime: settings.ParseTime,
			Suppressions: settings.Suppressions, Today: time.Now(),
		},
	}
	if request.Operation == admissionv1.Update {
		r.Stored = request.OldObject.Raw
	}
	return r
}

// verdict converts the result of a review to an answer.
func (v *validator) verdict(request *admissionv1.AdmissionRequest, result *review.Result) answer {
	switch {
	case result.Passed != "":
		return allowedAnswer(resultOf(result.Passed))
	case result.Retry:
		return tryAgain(request)
	}
	v.metrics.countFindings(result.Findings)
	v.metrics.countSuppressed(result.Suppressed)
	a := allowedAnswer(resultAllowed, warningLines(result.Findings)...)
	denied := result.Denied()
	if len(denied) == 0 {
		return a
	}
	v.logger.Info("denied an object", "kind", request.Kind.Kind, "namespace", request.Namespace,
		"name", request.Name, "operation", request.Operation, "checks", checkIDs(denied))
	a.result = resultDenied
	a.response.Allowed = false
	a.response.Result = denialStatus(request, denied)
	return a
}

// resultOf returns the metric's result for an object that was admitted without a review.
func resultOf(passed review.Passed) string {
	switch passed {
	case review.Ignored, review.Foreign:
		return resultIgnored
	case review.Unchanged:
		return resultUnchanged
	}
	return resultSkipped
}

func (v *validator) kind(request *admissionv1.AdmissionRequest) (validation.Kind, bool) {
	return validation.FindKind(v.reviewer.Kinds, schema.GroupVersionKind(request.Kind))
}

// changesObject reports whether the request has to be reviewed: it is neither a deletion nor for a
// subresource, which does not affect what a Prometheus reads.
func changesObject(request *admissionv1.AdmissionRequest) bool {
	return request.SubResource == "" &&
		(request.Operation == admissionv1.Create || request.Operation == admissionv1.Update)
}

// checkIDs returns the ids of the checks that found something, each once.
func checkIDs(found []validation.Finding) []string {
	var ids []string
	known := map[string]bool{}
	for _, f := range found {
		if !known[f.Check] {
			ids = append(ids, f.Check)
		}
		known[f.Check] = true
	}
	return ids
}
