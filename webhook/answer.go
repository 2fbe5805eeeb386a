package webhook

import (
	"fmt"
	"net/http"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/validation"
)

// Limits of an answer. Beyond 4,096 characters of warnings the API server cuts each,
// other webhooks' too, to 256, and drops the rest (k8s.io/apiserver v0.37,
// endpoints/filters/warning.go). A denial goes through events and conditions that
// hold some KiB.
const (
	maxFindings      = 20
	maxDenialSize    = 8 << 10 // bytes
	maxWarnings      = 8
	maxWarningLength = 200 // characters
)

// allowed lets an object in.
func allowed(result string, warnings ...string) answer {
	return answer{
		result:   result,
		response: &admissionv1.AdmissionResponse{Allowed: true, Warnings: warnings},
	}
}

// tryAgain is the answer to an object whose rival may never be stored. kubectl tries
// again by itself.
func tryAgain(request *admissionv1.AdmissionRequest) answer {
	a := allowed(resultRetried)
	a.response.Allowed = false
	a.response.Result = &metav1.Status{
		Status: metav1.StatusFailure, Code: http.StatusTooManyRequests, Reason: metav1.StatusReasonTooManyRequests,
		Message: fmt.Sprintf("%s %s/%s scrapes a target under the same job as another monitor that was created a moment ago: try again",
			request.Kind.Kind, request.Namespace, request.Name),
		Details: &metav1.StatusDetails{Name: request.Name, Group: request.Kind.Group, Kind: request.Kind.Kind, RetryAfterSeconds: 1},
	}
	return a
}

// denial is the status of a refused object. Its reason is Forbidden and nothing
// else: on Invalid and Conflict kubectl apply --force and Flux's force delete the
// live object, and kubectl hides the message.
func denial(request *admissionv1.AdmissionRequest, denied []validation.Finding) *metav1.Status {
	name := request.Name
	if name == "" {
		name = "(generated name)"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s/%s has %s\n", request.Kind.Kind, request.Namespace, name, count(len(denied), "mistake"))

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
		if i == maxFindings || b.Len()+len(text) > maxDenialSize-len(more(len(denied))) {
			b.WriteString(more(len(denied) - i))
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

func more(n int) string {
	return "and " + count(n, "more mistake")
}

// count writes a number and a noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// warnings are the findings that do not refuse the object, a line each. The last
// of too many says how many are left.
func warnings(found []validation.Finding) []string {
	var lines []string
	for _, f := range found {
		if f.Severity == validation.Warn {
			lines = append(lines, warning(f))
		}
	}
	if len(lines) > maxWarnings {
		left := len(lines) - maxWarnings + 1
		lines = append(lines[:maxWarnings-1], "and "+count(left, "more warning"))
	}
	return lines
}

// warning returns the line of a finding that does not refuse the object.
func warning(f validation.Finding) string {
	if f.Known {
		f.Problem = "not new, so let through: " + f.Problem
	}
	return report.ShortLine(f, report.ReadableLimits(), maxWarningLength)
}
