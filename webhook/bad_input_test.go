package webhook

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
)

// TestNoReview sends requests that are not an AdmissionReview to both webhooks. Each gets its own
// status in the 400s, which the metric counts by reason.
func TestNoReview(t *testing.T) {
	const ruleReview = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1"}}`
	cases := map[string]struct {
		contentType string
		body        string
		code        int
		reason      string
		says        string
	}{
		"EmptyBody":        {body: "", code: 400, reason: "empty", says: "the body is empty"},
		"OnlySpace":        {body: " \n", code: 400, reason: "empty", says: "the body is empty"},
		"NotJSON":          {body: "kind: AdmissionReview", code: 400, reason: "not_json", says: "not an AdmissionReview"},
		"List":             {body: "[]", code: 400, reason: "not_json", says: "not an AdmissionReview"},
		"Null":             {body: "null", code: 400, reason: "unknown_review", says: "has to be an AdmissionReview of admission.k8s.io/v1"},
		"CutShort":         {body: ruleReview[:60], code: 400, reason: "not_json", says: "unexpected end"},
		"NoRequest":        {body: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}`, code: 400, reason: "no_request", says: "has no request"},
		"NoUID":            {body: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}`, code: 400, reason: "no_uid", says: "no uid"},
		"OldVersion":       {body: strings.Replace(ruleReview, "/v1", "/v1beta1", 1), code: 400, reason: "unknown_review", says: `"admission.k8s.io/v1beta1"`},
		"OtherKind":        {body: strings.Replace(ruleReview, "AdmissionReview", "ConversionReview", 1), code: 400, reason: "unknown_review", says: `"ConversionReview"`},
		"WrongContentType": {contentType: "application/yaml", body: ruleReview, code: 415, reason: "content_type", says: "has to be application/json"},
		"TooLarge":         {body: ruleReview + strings.Repeat(" ", 201-len(ruleReview)), code: 413, reason: "too_large", says: "more than 200 bytes"},
	}
	r := serve(t, func(o *Options) { o.maxBody = 200 })
	for name, tc := range cases {
		for _, webhook := range []string{"validate", "mutate"} {
			t.Run(name+"/"+webhook, func(t *testing.T) {
				if tc.contentType == "" {
					tc.contentType = "application/json"
				}
				code, body := r.post(t, "/"+webhook, tc.contentType, strings.NewReader(tc.body))
				if code != tc.code || !strings.Contains(body, tc.says) {
					t.Errorf("got %d %q, want %d and %q", code, body, tc.code, tc.says)
				}
			})
		}
	}
	metrics := r.metricsText(t)
	for name, tc := range cases {
		if want := fmt.Sprintf(`promgate_bad_requests_total{reason=%q,webhook="validate"}`, tc.reason); !strings.Contains(metrics, want) {
			t.Errorf("%s is not counted: no %s", name, want)
		}
	}
	if strings.Contains(r.logs.String(), "AdmissionReview\"") {
		t.Errorf("a body is in the log:\n%s", r.logs)
	}
}

func TestOtherMethod(t *testing.T) {
	r := serve(t, nil)
	if code, body := r.get(t, "/validate"); code != http.StatusMethodNotAllowed {
		t.Errorf("GET gives %d %s", code, body)
	}
}

func TestContentTypeWithCharset(t *testing.T) {
	r := serve(t, nil)
	code, body := r.post(t, "/validate", "application/json; charset=utf-8", strings.NewReader(
		`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"DELETE"}}`))
	if code != http.StatusOK {
		t.Errorf("got %d %s", code, body)
	}
}

// TestClosedMidBody uses a client that announces more bytes than it sends, and disconnects.
func TestClosedMidBody(t *testing.T) {
	r := serve(t, nil)
	conn := r.dial(t)
	fmt.Fprintf(conn, "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"api")
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "to its end") {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
}

// TestSlowBody uses a client that sends a byte now and then, forever. The server ends the request
// when the timeout that the client itself has set is over.
func TestSlowBody(t *testing.T) {
	r := serve(t, nil)
	conn := r.dial(t)
	fmt.Fprintf(conn, "POST /validate?timeout=1s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"api")
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("the server continues to wait: %v", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestTimeout {
		t.Errorf("got %d", response.StatusCode)
	}
}

// TestOtherObjects sends reviews of objects that no check applies to. Each is admitted.
func TestOtherObjects(t *testing.T) {
	cases := map[string]struct {
		reason  string
		change  func(*admissionv1.AdmissionRequest)
		warning string
	}{
		"Delete": {
			reason: "a delete is never refused",
			change: func(r *admissionv1.AdmissionRequest) {
				r.Operation = admissionv1.Delete
				r.OldObject, r.Object = r.Object, r.OldObject
			},
		},
		"OtherKind": {
			reason:  "a kind without checks is admitted, with a warning for the administrator",
			change:  func(r *admissionv1.AdmissionRequest) { r.Kind.Kind, r.Kind.Group, r.Kind.Version = "Pod", "", "v1" },
			warning: "Pod",
		},
		"Status": {
			reason: "Prometheus does not read a subresource",
			change: func(r *admissionv1.AdmissionRequest) {
				r.Operation, r.SubResource, r.OldObject = admissionv1.Update, "status", r.Object
			},
		},
		"BeingDeleted": {
			reason: "finalizers of an object that is being deleted can be removed",
			change: func(r *admissionv1.AdmissionRequest) {
				r.Object.Raw = []byte(strings.Replace(string(r.Object.Raw), `"name"`, `"deletionTimestamp":"2026-01-01T00:00:00Z","name"`, 1))
			},
		},
		"Ignored": {
			reason: "an object with the ignore label is admitted",
			change: func(r *admissionv1.AdmissionRequest) {
				r.Object.Raw = []byte(strings.Replace(string(r.Object.Raw), `"name"`, `"labels":{"promgate.dev/ignore":"true"},"name"`, 1))
			},
		},
		"IgnoredNamespace": {
			reason: "all objects in a namespace with the ignore label are admitted",
			change: func(r *admissionv1.AdmissionRequest) { r.Namespace = "loki" },
		},
	}
	r := serve(t, func(o *Options) {
		o.Reviewer.Cluster = cluster.New(cluster.Options{})
		o.Reviewer.Cluster.Put(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "loki", Labels: map[string]string{"promgate.dev/ignore": "true"}}})
	})
	for name, tc := range cases {
		for _, path := range []string{"/validate", "/mutate"} {
			t.Run(name+path, func(t *testing.T) {
				request := ruleRequest(`[{"name":"g","rules":[{"alert":"A","expr":")"}]}]`)
				tc.change(request)
				response := r.review(t, path, request)
				if !response.Allowed || response.Patch != nil {
					t.Errorf("%s: got %+v", tc.reason, response)
				}
				if got := strings.Join(response.Warnings, "\n"); !strings.Contains(got, tc.warning) || tc.warning == "" && got != "" {
					t.Errorf("%s: warnings %q", tc.reason, got)
				}
			})
		}
	}
}

// TestUnknownVersionOfKind: a later version of a kind passes, with a warning.
func TestUnknownVersionOfKind(t *testing.T) {
	r := serve(t, nil)
	request := ruleRequest(`[]`)
	request.Kind.Version = "v2"
	response := r.review(t, "/validate", request)
	if !response.Allowed || len(response.Warnings) != 1 || !strings.Contains(response.Warnings[0], "v2") {
		t.Errorf("got %+v", response)
	}
}

// TestOurFailures: if promgate could not check an object, the answer is HTTP 500, so that the
// failurePolicy decides. A denial would not leave that choice.
func TestOurFailures(t *testing.T) {
	cases := map[string]func(context.Context) error{
		"Error":   func(context.Context) error { return errors.New("no index") },
		"Panic":   func(context.Context) error { panic("oh no") },
		"TooSlow": func(ctx context.Context) error { <-ctx.Done(); return nil },
	}
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			r := serve(t, withAnswer(run))
			code, body := r.post(t, "/validate?timeout=200ms", "application/json", reviewBody(t, ruleRequest(`[]`)))
			if code != http.StatusInternalServerError {
				t.Errorf("got %d %s", code, body)
			}
			if !strings.Contains(r.metricsText(t), `promgate_admission_requests_total{kind="PrometheusRule",operation="CREATE",result="error",webhook="validate"} 1`) {
				t.Error("the failure is not counted")
			}
			if n, err := testutil.GatherAndCount(r.registry, "promgate_panics_total"); n != 1 || err != nil {
				t.Errorf("promgate_panics_total: %d, %v", n, err)
			}
		})
	}
}

func (r *running) dial(t *testing.T) *tls.Conn {
	t.Helper()
	transport, ok := r.client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("not a transport")
	}
	conn, err := tls.Dial("tcp", strings.TrimPrefix(r.url, "https://"), transport.TLSClientConfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func (r *running) metricsText(t *testing.T) string {
	t.Helper()
	code, body := r.get(t, "/metrics")
	if code != http.StatusOK {
		t.Fatalf("HTTP %d: %s", code, body)
	}
	return body
}

// TestLargestReview checks that a review of as many bytes as the limit is answered, and that the
// limit has room for the largest objects that etcd stores.
func TestLargestReview(t *testing.T) {
	request := ruleRequest(`[{"name":"g","rules":[{"alert":"A","expr":")"}]}]`)
	body, err := io.ReadAll(reviewBody(t, request))
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{len(body), len(body) - 1} {
		r := serve(t, func(o *Options) { o.maxBody = int64(most) })
		want := http.StatusOK
		if most < len(body) {
			want = http.StatusRequestEntityTooLarge
		}
		if code, said := r.post(t, "/validate", "application/json", bytes.NewReader(body)); code != want {
			t.Errorf("%d bytes with a limit of %d: %d %s", len(body), most, code, said)
		}
	}
	if stored, escaped := 2, 6; maxBodySize < stored*escaped*etcdObject {
		t.Errorf("a review of the largest objects exceeds %d bytes", maxBodySize)
	}
}
