package webhook

import (
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation/builtin"
)

// TestRatchetHidesNothing: a known mistake never excuses a new one.
func TestRatchetHidesNothing(t *testing.T) {
	many := func(port string, n int) string { return strings.Repeat(`{"port":"`+port+`"},`, n) }
	large := strings.TrimSuffix(strings.Repeat(`{"action":"drop","sourceLabels":["a"],"regex":"`+strings.Repeat("a{1000}", 6)+`"},`, 400), ",")
	cases := map[string]struct {
		reason         string
		stored, now    string // endpoints
		allowed        bool
		alsoInMessages string
	}{
		"Known":   {reason: "a mistake that had its effect before is known", stored: `{"port":"x("}`, now: `{"port":"x(","interval":"5s"}`, allowed: true},
		"Dormant": {reason: "one that had none, because the operator left the object out, is not", stored: `{"port":"x(","basicAuth":{"username":{"name":"","key":""},"password":{"name":"a","key":"b"}}}`, now: `{"port":"x(","basicAuth":{"username":{"name":"a","key":"b"},"password":{"name":"a","key":"b"}}}`},
		"Many":    {reason: "a new mistake behind a thousand known ones is seen", stored: many("x", 1001) + `{"port":"ok"}`, now: many("x", 1001) + `{"port":"y("}`, alsoInMessages: "[port-regex]"},
		"More":    {reason: "more of what is cut off is new", stored: many("x", 1005) + `{"port":"ok"}`, now: many("x", 1006) + `{"port":"ok"}`},
		"Covered": {reason: "a known mistake below does not hide what only the judge sees above it", stored: `{"port":"x","oauth2":{"clientId":{"secret":{"name":"a","key":"b"}},"clientSecret":{"name":"a","key":"b"},"tokenUrl":"auth.example.com/token"}}`, now: `{"port":"x","metricRelabelings":[` + large + `],"oauth2":{"clientId":{"secret":{"name":"a","key":"b"}},"clientSecret":{"name":"a","key":"b"},"tokenUrl":"auth.example.com/token"}}`, alsoInMessages: "[configuration]"},
	}
	review := unhurried(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			object := func(endpoints string) []byte {
				return []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{},"endpoints":[` + endpoints + `]}}`)
			}
			request := ruleRequest(`[]`)
			request.Kind.Kind, request.Operation = "ServiceMonitor", admissionv1.Update
			request.Object.Raw, request.OldObject.Raw = object(tc.now), object(tc.stored)
			response := review(request)
			if response.Allowed != tc.allowed {
				t.Fatalf("%s: allowed is %v: %q", tc.reason, response.Allowed, response.Warnings)
			}
			if !tc.allowed && !strings.Contains(response.Result.Message, tc.alsoInMessages) {
				t.Errorf("%s: %s", tc.reason, response.Result.Message)
			}
		})
	}
}

// TestSmallObjectsCostLittle: the work that a small object causes is bounded. Allocations stand in
// for time and memory.
func TestSmallObjectsCostLittle(t *testing.T) {
	list := func(n int, item func(i int) string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = item(i)
		}
		return strings.Join(all, ",")
	}
	cases := map[string]string{
		"EndpointsTimesLabels": `"podTargetLabels":[` + list(500, func(i int) string { return `"a` + strconv.Itoa(i) + `"` }) + `],"endpoints":[` + list(500, func(i int) string { return `{"port":"a` + strconv.Itoa(i) + `"}` }) + `]`,
		"Quantity":             `"nativeHistogramMinBucketFactor":"1e-100000000","endpoints":[]`,
		"Split": `"endpoints":[{"port":"x","metricRelabelings":[` + list(2000, func(i int) string { return `{"action":"keep","regex":"a` + strconv.Itoa(i) + `"}` }) + `]},` + list(2000, func(i int) string {
			return `{"port":"x","metricRelabelings":[{"action":"keep","regex":"b` + strconv.Itoa(i) + `"}]}`
		}) + `]`,
		"LongKey": `"endpoints":[{"port":"x","proxyConnectHeader":{"` + strings.Repeat(".", 400_000) + `":[{"name":"","key":""}]}}]`,
	}
	review := unhurried(t)
	for name, spec := range cases {
		t.Run(name, func(t *testing.T) {
			request := ruleRequest(`[]`)
			request.Kind.Kind = "ServiceMonitor"
			request.Object.Raw = []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{},` + spec + `}}`)
			n := testing.AllocsPerRun(1, func() { review(request) })
			if n > 3_000_000 {
				t.Errorf("%.0f allocations for %d bytes", n, len(request.Object.Raw))
			}
		})
	}
}

// unhurried reviews without a deadline: the race detector is slow, and so are some machines.
func unhurried(t *testing.T) func(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	t.Helper()
	permissive, err := judge.Permissive()
	if err != nil {
		t.Fatal(err)
	}
	settings := &atomic.Pointer[Settings]{}
	settings.Store(&Settings{Labels: defaulting.AsInstalled()})
	v := &validator{
		reviewer: &review.Reviewer{Kinds: builtin.Kinds(), Judge: permissive}, settings: settings,
		metrics: NewMetrics(prometheus.NewRegistry()), logger: slog.New(slog.DiscardHandler),
	}
	return func(request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
		t.Helper()
		a, err := v.answer(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		return a.response
	}
}
