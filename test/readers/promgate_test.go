package readers

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/validation/builtin"
	"github.com/promgate/promgate/webhook"
)

// denial returns the answer of a validating webhook that refuses an object.
type denial func(*testing.T, *admissionv1.AdmissionRequest) *metav1.Status

// promgate returns the answer of promgate's validating webhook.
func promgate() denial {
	registry := prometheus.NewRegistry()
	gate := webhook.NewServer(webhook.Options{
		Reviewer: &review.Reviewer{Kinds: builtin.Kinds()},
		Registry: registry,
		Gatherer: registry,
		Logger:   slog.New(slog.DiscardHandler),
	}).WebhookMux()

	return func(t *testing.T, request *admissionv1.AdmissionRequest) *metav1.Status {
		t.Helper()
		review := admissionv1.AdmissionReview{Request: request}
		review.APIVersion, review.Kind = "admission.k8s.io/v1", "AdmissionReview"
		body, err := json.Marshal(review)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/validate", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		gate.ServeHTTP(recorder, r)

		var answer admissionv1.AdmissionReview
		if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
			t.Fatalf("HTTP %d, %q: %v", recorder.Code, recorder.Body, err)
		}
		if answer.Response.Allowed {
			t.Fatalf("promgate admitted the object: %s", request.Object.Raw)
		}
		return answer.Response.Result
	}
}

// plain is a webhook that quotes the words of the user unmasked. It shows that a tool acts on them:
// a test of promgate's answers that also passes with this webhook proves nothing.
func plain(words string) denial {
	return func(*testing.T, *admissionv1.AdmissionRequest) *metav1.Status {
		return &metav1.Status{
			Status: metav1.StatusFailure, Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden,
			Message: "PrometheusRule shop/web has 1 mistake\nspec.groups[0].rules[0].expr (group \"" + words + "\"): unclosed left parenthesis [expr-syntax]",
		}
	}
}

// rule is a PrometheusRule with some words in its group, alert and expression.
func rule(t *testing.T, words, expr string) []byte {
	t.Helper()
	object, err := json.Marshal(map[string]any{
		"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
		"metadata": map[string]any{"name": "web", "namespace": "shop"},
		"spec": map[string]any{"groups": []any{map[string]any{
			"name": words,
			"rules": []any{map[string]any{
				"alert": words, "expr": expr + `{config="` + words + `"}`,
				"annotations": map[string]any{"summary": words},
			}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// update is the request to replace a valid rule by a broken one.
func update(t *testing.T, words string) *admissionv1.AdmissionRequest {
	t.Helper()
	return &admissionv1.AdmissionRequest{
		UID:       "1",
		Kind:      metav1.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule"},
		Operation: admissionv1.Update,
		Namespace: "shop",
		Name:      "web",
		Object:    runtime.RawExtension{Raw: rule(t, words, "sum(up")},
		OldObject: runtime.RawExtension{Raw: rule(t, words, "up")},
	}
}
