package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// ruleRequest returns the request to create a PrometheusRule with these groups.
func ruleRequest(groups string) *admissionv1.AdmissionRequest {
	return &admissionv1.AdmissionRequest{
		UID:       types.UID("7f0b2891"),
		Kind:      metav1.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule"},
		Operation: admissionv1.Create,
		Namespace: "shop",
		Name:      "web",
		Object:    runtime.RawExtension{Raw: ruleObject(groups)},
	}
}

func ruleObject(groups string) []byte {
	return []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"PrometheusRule","metadata":{"name":"web","namespace":"shop"},"spec":{"groups":` + groups + `}}`)
}

// update turns the request into an update.
func update(request *admissionv1.AdmissionRequest, storedGroups string) *admissionv1.AdmissionRequest {
	request.Operation = admissionv1.Update
	request.OldObject = runtime.RawExtension{Raw: ruleObject(storedGroups)}
	return request
}

func reviewBody(t testing.TB, request *admissionv1.AdmissionRequest) io.Reader {
	t.Helper()
	review := admissionv1.AdmissionReview{Request: request}
	review.APIVersion, review.Kind = "admission.k8s.io/v1", "AdmissionReview"
	body, err := json.Marshal(review)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(body)
}

// TestDenial checks the whole answer: HTTP 200, code 403, Forbidden, and all mistakes in the
// message and in the details.
func TestDenial(t *testing.T) {
	r := serve(t, nil)
	got := r.review(t, "/validate", ruleRequest(
		`[{"name":"g","rules":[{"alert":"Down","expr":"sum(up","for":"300y"},{"record":"up:sum","expr":"sum(up)"}]}]`))
	want := &admissionv1.AdmissionResponse{
		UID: "7f0b2891",
		Result: &metav1.Status{
			Status: "Failure", Code: 403, Reason: metav1.StatusReasonForbidden,
			Message: `PrometheusRule shop/web has 2 mistakes
spec.groups[0].rules[0].expr (group "g", alert "Down"): unclosed left parenthesis; add the missing ) [expr-syntax]
    sum(up
          ^
spec.groups[0].rules[0].for (group "g", alert "Down"): "300y" is longer than Prometheus can hold, which is about 292 years; write a shorter duration, such as 30s [duration]`,
			Details: &metav1.StatusDetails{
				Name: "web", Group: "monitoring.coreos.com", Kind: "PrometheusRule",
				Causes: []metav1.StatusCause{
					{Type: "expr-syntax", Field: "spec.groups[0].rules[0].expr", Message: `spec.groups[0].rules[0].expr (group "g", alert "Down"): unclosed left parenthesis; add the missing ) [expr-syntax]`},
					{Type: "duration", Field: "spec.groups[0].rules[0].for", Message: `spec.groups[0].rules[0].for (group "g", alert "Down"): "300y" is longer than Prometheus can hold, which is about 292 years; write a shorter duration, such as 30s [duration]`},
				},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

// TestDenialIsCapped: at most 20 findings and 8 KiB; the last line gives the number of the rest.
func TestDenialIsCapped(t *testing.T) {
	cases := map[string]struct {
		reason string
		expr   string
		rules  int
		most   int
	}{
		"ManyFindings": {reason: "no more than 20 findings", expr: ")", rules: 50, most: maxFindings},
		"LongFindings": {reason: "no more than 8 KiB", expr: "up{" + strings.Repeat("x", 2000), rules: 50, most: maxFindings},
		"OneHuge":      {reason: "one finding alone fits", expr: "up{" + strings.Repeat("x", 15_000), rules: 1, most: 1},
	}
	r := serve(t, nil)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rules := make([]map[string]string, tc.rules)
			for i := range rules {
				rules[i] = map[string]string{"alert": fmt.Sprintf("A%d", i), "expr": tc.expr}
			}
			groups, err := json.Marshal([]any{map[string]any{"name": "g", "rules": rules}})
			if err != nil {
				t.Fatal(err)
			}
			status := r.review(t, "/validate", ruleRequest(string(groups))).Result
			if n := len(status.Details.Causes); n == 0 || n > tc.most {
				t.Errorf("%s: %d causes", tc.reason, n)
			}
			if len(status.Message) > maxDenialSize {
				t.Errorf("%s: the message has %d bytes", tc.reason, len(status.Message))
			}
			want := fmt.Sprintf("and %d more mistakes", tc.rules-len(status.Details.Causes))
			if tc.rules > 1 && !strings.HasSuffix(status.Message, want) {
				t.Errorf("%s: the message ends with %q", tc.reason, status.Message[len(status.Message)-60:])
			}
		})
	}
}

// TestWarnings: at most 8 lines, each of at most 200 characters, without control characters.
func TestWarnings(t *testing.T) {
	found := make([]validation.Finding, 30)
	for i := range found {
		found[i] = validation.Finding{
			Check: "some-check", Severity: validation.Warn, Path: fieldpath.New("spec"),
			Problem: "ä\x1b[31m\n" + strings.Repeat("ü", 20*i), Fix: "fix it",
		}
	}
	got := warningLines(found)
	if len(got) != maxWarnings {
		t.Fatalf("%d warnings", len(got))
	}
	if last := got[len(got)-1]; last != "and 23 more warnings" {
		t.Errorf("the last is %q", last)
	}
	for _, w := range append(got[:len(got)-1], warningLine(found[29])) {
		if utf8.RuneCountInString(w) > maxWarningLength || strings.ContainsAny(w, "\x1b\n") || !strings.HasSuffix(w, "[some-check]") {
			t.Errorf("warning %q", w)
		}
	}
}

// TestRatcheting: on UPDATE, a mistake that the stored object has is a warning.
func TestRatcheting(t *testing.T) {
	const (
		broken   = `{"alert":"Old","expr":"sum(up"}`
		good     = `{"alert":"Good","expr":"up == 0"}`
		breakage = `{"alert":"New","expr":"sum(up"}`
	)
	groups := func(rules ...string) string { return `[{"name":"g","rules":[` + strings.Join(rules, ",") + `]}]` }
	cases := map[string]struct {
		reason  string
		stored  string
		now     string
		allowed bool
		warns   bool
	}{
		"OtherRuleAdded":  {"an old mistake locks nobody out", groups(broken), groups(good, broken), true, true},
		"NewMistake":      {"a new mistake is refused beside an old one", groups(broken), groups(broken, breakage), false, true},
		"SecondCopy":      {"a second copy of an old mistake is new", groups(broken), groups(broken, broken), false, true},
		"Mended":          {"a fixed object has no finding", groups(broken), groups(good), true, false},
		"OtherwiseBroken": {"the same rule with another mistake is new", groups(broken), groups(`{"alert":"Old","expr":"sum(up))"}`), false, false},
		"WasGood":         {"a valid object that becomes invalid is refused", groups(good), groups(broken), false, false},
		"Unchanged":       {"an unchanged object passes with a warning", groups(broken), groups(broken), true, false},
	}
	r := serve(t, nil)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			response := r.review(t, "/validate", update(ruleRequest(tc.now), tc.stored))
			if response.Allowed != tc.allowed {
				t.Errorf("%s: allowed is %v: %+v", tc.reason, response.Allowed, response.Result)
			}
			if warned := strings.Contains(strings.Join(response.Warnings, "\n"), "not new"); warned != tc.warns {
				t.Errorf("%s: warnings %q", tc.reason, response.Warnings)
			}
		})
	}
}

// TestRatchetingAfterIgnore: an object that promgate ignored was never judged; when its label is
// removed, its mistakes are new.
func TestRatchetingAfterIgnore(t *testing.T) {
	const broken = `[{"name":"g","rules":[{"alert":"Old","expr":"sum(up"}]}]`
	r := serve(t, nil)
	request := update(ruleRequest(broken), broken)
	request.OldObject.Raw = []byte(strings.Replace(string(request.OldObject.Raw), `"name"`, `"labels":{"promgate.dev/ignore":"true"},"name"`, 1))
	if r.review(t, "/validate", request).Allowed {
		t.Error("a rule that was never judged is admitted")
	}
}

// TestStoredTooLong: a stored object that cannot be checked excuses nothing, and does not prevent
// an answer.
func TestStoredTooLong(t *testing.T) {
	const unchecked = `[{"name":"unchecked"}]`
	r := serve(t, func(o *Options) {
		o.Reviewer.Kinds = []validation.Kind{validation.NewKind(builtin.Kinds()[0].GroupVersionKind,
			func(_ context.Context, object *monitoringv1.PrometheusRule, _ validation.Snapshot) (struct{}, error) {
				if object.Spec.Groups[0].Name == "unchecked" {
					return struct{}{}, errors.New("too long")
				}
				return struct{}{}, nil
			},
			[]validation.Check[struct{}]{{ID: "broken", Severity: validation.Deny, Run: func(struct{}, validation.Snapshot) []validation.Finding {
				return []validation.Finding{{Path: fieldpath.New("spec"), Problem: "it is broken"}}
			}}})}
	})
	broken := `[{"name":"g"}]`
	if r.review(t, "/validate", update(ruleRequest(broken), unchecked)).Allowed {
		t.Error("a broken rule is admitted because the stored one cannot be checked")
	}
	if !r.review(t, "/validate", update(ruleRequest(broken), `[{"name":"h"}]`)).Allowed {
		t.Error("a mistake of the stored object is not known: the test proves nothing")
	}
}

// TestSettings: severities by check and by namespace, warnOnly, and the use of new settings without
// a restart.
func TestSettings(t *testing.T) {
	request := func() *admissionv1.AdmissionRequest {
		return ruleRequest(`[{"name":"g","rules":[{"alert":"A","expr":"sum(up"}]}]`)
	}
	r := serve(t, nil)
	if r.review(t, "/validate", request()).Allowed {
		t.Fatal("allowed by default")
	}

	r.Use(Settings{Policy: validation.Policy{WarnOnly: true}})
	response := r.review(t, "/validate", request())
	if !response.Allowed || len(response.Warnings) != 1 || !strings.Contains(response.Warnings[0], "[expr-syntax]") {
		t.Errorf("warnOnly: %+v", response)
	}

	r.Use(Settings{Policy: validation.Policy{Severities: map[string]validation.Severity{"expr-syntax": validation.Off}}})
	if response := r.review(t, "/validate", request()); !response.Allowed || len(response.Warnings) != 0 {
		t.Errorf("off: %+v", response)
	}
}
