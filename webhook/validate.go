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
	verdicts *verdicts
	memo     *validation.Memo // of expressions; nil remembers none
	metrics  *Metrics
	logger   *slog.Logger
}

func (v *validator) answer(ctx context.Context, r *admissionv1.AdmissionRequest) (answer, error) {
	if !changesObject(r) {
		return allowedAnswer(resultSkipped), nil
	}
	kind, ok := v.kind(r)
	if !ok {
		return allowedAnswer(resultUnknown, fmt.Sprintf("promgate has no checks for %s of %s/%s: take it out of the webhook configuration",
			r.Kind.Kind, r.Kind.Group, r.Kind.Version)), nil
	}
	settings := v.settings.Load()
	at, certain := v.verdicts.now(settings)
	var sum request
	if certain {
		sum = sumOf(r)
		if known := v.verdicts.find(sum, at); known != nil {
			v.metrics.remembered.Inc()
			v.record(r, known.findings, nil)
			return known.answer.clone(), nil
		}
	}
	result, err := v.reviewer.Review(ctx, v.request(kind, r, settings))
	if err != nil {
		return answer{}, err //nolint:wrapcheck // the error names the cause
	}
	admitted := false
	defer func() { result.Close(admitted) }() // also after a panic
	a := v.verdict(r, result)
	admitted = a.response.Allowed
	if certain {
		v.verdicts.remember(sum, at, result, a)
	}
	return a, nil
}

// request converts an admission request to a request of the review.
func (v *validator) request(kind validation.Kind, request *admissionv1.AdmissionRequest, settings *Settings) review.Request {
	r := review.Request{
		Kind: kind, Namespace: request.Namespace, Name: request.Name,
		Object: request.Object.Raw, Reserve: request.DryRun == nil || !*request.DryRun,
		Settings: review.Settings{
			Severity: settings.Policy.Severity, DuplicateJobs: settings.DuplicateJobs, DenyLost: settings.DenyLost, ParseTime: settings.ParseTime,
			Suppressions: settings.Suppressions, Today: time.Now(), Memo: v.memo,
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
	v.record(request, result.Findings, result.Suppressed)
	a := allowedAnswer(resultAllowed, warningLines(result.Findings)...)
	denied := result.Denied()
	if len(denied) == 0 {
		return a
	}
	a.result = resultDenied
	a.response.Allowed = false
	a.response.Result = denialStatus(request, denied)
	return a
}

// record counts what was found, and logs a denial.
func (v *validator) record(request *admissionv1.AdmissionRequest, found, suppressed []validation.Finding) {
	v.metrics.countFindings(found)
	v.metrics.countSuppressed(suppressed)
	denied := review.Denials(found)
	if len(denied) == 0 {
		return
	}
	v.logger.Info("denied an object", "kind", request.Kind.Kind, "namespace", request.Namespace,
		"name", request.Name, "operation", request.Operation, "checks", checkIDs(denied))
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
