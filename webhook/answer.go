package webhook

import (
	"fmt"
	"net/http"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Limits of an answer. If all warnings together exceed 4,096 characters, the API server cuts each
// warning, including those of other webhooks, to 256 characters and drops the rest
// (k8s.io/apiserver v0.37, endpoints/filters/warning.go). A denial passes through events and
// conditions that hold some KiB.
const (
	maxFindings      = 20
	maxDenialSize    = 8 << 10 // bytes
	maxWarnings      = 8
	maxWarningLength = 200 // characters
)

// allowedAnswer is the answer that admits an object.
func allowedAnswer(result string, warnings ...string) answer {
	return answer{
		result:   result,
		response: &admissionv1.AdmissionResponse{Allowed: true, Warnings: warnings},
	}
}

// tryAgain is the answer to an object whose rival may never be stored. kubectl retries by itself.
func tryAgain(request *admissionv1.AdmissionRequest) answer {
	a := allowedAnswer(resultRetried)
	a.response.Allowed = false
	a.response.Result = &metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusTooManyRequests, Reason: metav1.StatusReasonTooManyRequests,
		Message: fmt.Sprintf("%s %s/%s scrapes a target under the same job as another monitor that was created a moment ago: try again",
			request.Kind.Kind, request.Namespace, request.Name),
		Details: &metav1.StatusDetails{Name: request.Name, Group: request.Kind.Group, Kind: request.Kind.Kind, RetryAfterSeconds: 1},
	}
	return a
}

// denialStatus is the status of a refused object. Its reason is always Forbidden: on Invalid and
// Conflict, kubectl apply --force and Flux's force delete the live object, and kubectl hides the
// message.
func denialStatus(request *admissionv1.AdmissionRequest, denied []validation.Finding) *metav1.Status {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s has %s\n", request.Kind.Kind, nameOf(request), countNoun(len(denied), "mistake"))

	status := &metav1.Status{
		Status: metav1.StatusFailure,
		Code:   http.StatusForbidden,
		Reason: metav1.StatusReasonForbidden,
		Details: &metav1.StatusDetails{
			Name: request.Name, Group: request.Kind.Group, Kind: request.Kind.Kind,
		},
	}
	for i, f := range denied {
		text := report.Text(f, report.ReadableLimits())
		if i == maxFindings || b.Len()+len(text) > maxDenialSize-len(moreMistakes(len(denied))) {
			b.WriteString(moreMistakes(len(denied) - i))
			break
		}
		b.WriteString(text + "\n")
		status.Details.Causes = append(status.Details.Causes, metav1.StatusCause{
			Type:    metav1.CauseType(f.Check),
			Field:   report.Path(f.Path, report.ReadableLimits()),
			Message: report.Line(f, report.ReadableLimits()),
		})
	}
	status.Message = strings.TrimSuffix(b.String(), "\n")
	return status
}

// nameOf returns the name of the object, with its namespace unless it is one.
func nameOf(request *admissionv1.AdmissionRequest) string {
	switch {
	case request.Kind.Kind == selection.NamespaceKind:
		return request.Name
	case request.Name == "":
		return request.Namespace + "/(generated name)"
	}
	return request.Namespace + "/" + request.Name
}

func moreMistakes(n int) string {
	return "and " + countNoun(n, "more mistake")
}

// countNoun formats a number and a noun.
func countNoun(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// warningLines returns a line for each finding that does not refuse the object. If there are too many,
// the last line gives the number of the rest.
func warningLines(found []validation.Finding) []string {
	var lines []string
	for _, f := range found {
		if f.Severity == validation.Warn {
			lines = append(lines, warningLine(f))
		}
	}
	if len(lines) > maxWarnings {
		left := len(lines) - maxWarnings + 1
		lines = append(lines[:maxWarnings-1], "and "+countNoun(left, "more warning"))
	}
	return lines
}

// warningLine returns the line for a finding that does not refuse the object.
func warningLine(f validation.Finding) string {
	if f.Known {
		f.Problem = "not new, so let through: " + f.Problem
	}
	return report.ShortLine(f, report.ReadableLimits(), maxWarningLength)
}
