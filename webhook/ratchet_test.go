package webhook

import (
	"fmt"
	"log/slog"
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
	large := `{"action":"drop","sourceLabels":["a"],"regex":"(a{20}){40}"},{"action":"drop","sourceLabels":["a"],"regex":"(b{20}){40}"}`
	cases := map[string]struct {
		reason         string
		stored, now    string // endpoints
		allowed        bool
		alsoInMessages string
	}{
		"Known":   {reason: "a mistake that already had an effect is known", stored: `{"port":"x("}`, now: `{"port":"x(","interval":"5s"}`, allowed: true},
		"Dormant": {reason: "a mistake without effect, because the operator left the object out, is not known", stored: `{"port":"x(","basicAuth":{"username":{"name":"","key":""},"password":{"name":"a","key":"b"}}}`, now: `{"port":"x(","basicAuth":{"username":{"name":"a","key":"b"},"password":{"name":"a","key":"b"}}}`},
		"Many":    {reason: "a new mistake after a thousand known ones is found", stored: many("x", 1001) + `{"port":"ok"}`, now: many("x", 1001) + `{"port":"y("}`, alsoInMessages: "[port-regex]"},
		"More":    {reason: "more mistakes beyond the limit are new", stored: many("x", 1005) + `{"port":"ok"}`, now: many("x", 1006) + `{"port":"ok"}`},
		"Covered": {reason: "a known mistake does not hide one in front of it that only the judge finds", stored: `{"port":"x","oauth2":{"clientId":{"secret":{"name":"a","key":"b"}},"clientSecret":{"name":"a","key":"b"},"tokenUrl":"auth.example.com/token"}}`, now: `{"port":"x","metricRelabelings":[` + large + `],"oauth2":{"clientId":{"secret":{"name":"a","key":"b"}},"clientSecret":{"name":"a","key":"b"},"tokenUrl":"auth.example.com/token"}}`, alsoInMessages: "[configuration]"},
	}
	limits := judge.DefaultLimits()
	limits.Instructions = 1000 // of the configuration of one endpoint
	review := unhurried(t, limits)
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

// TestMultipliedObjectsAreNotRendered checks that an object beyond the limit on relabelings is
// refused, and that this costs a small part of rendering it. Allocations stand for time.
func TestMultipliedObjectsAreNotRendered(t *testing.T) {
	request := monitorRequest(`"podTargetLabels":[` + listOf(30, `"a%d"`) + `],"endpoints":[` + listOf(30, `{"port":"a%d"}`) + `]`)
	limits := judge.DefaultLimits()
	rendering := unhurried(t, limits)
	limits.Relabelings = 1000
	refusing := unhurried(t, limits)
	if !rendering(request).Allowed {
		t.Error("refused by the default limits: the test proves nothing")
	}
	if response := refusing(request); response.Allowed || !strings.Contains(response.Result.Message, "more than 1000 are not loaded for one object; split it") {
		t.Errorf("%+v", response)
	}
	rendered := testing.AllocsPerRun(1, func() { unhurried(t, judge.DefaultLimits())(request) }) // nothing is proven to it
	if refused := testing.AllocsPerRun(1, func() { refusing(request) }); refused > rendered/10 {
		t.Errorf("%.0f allocations, %.0f when the object is rendered", refused, rendered)
	}
}

// TestListsCostTheirSum checks that the relabelings of two lists are not compared each with each:
// twice the object costs about twice as much. Allocations stand for time.
func TestListsCostTheirSum(t *testing.T) {
	review := unhurried(t, judge.DefaultLimits())
	cost := func(n int) float64 {
		request := monitorRequest(`"endpoints":[{"port":"x","metricRelabelings":[` + listOf(n, `{"action":"keep","regex":"a%d"}`) + `]},` +
			listOf(n, `{"port":"x","metricRelabelings":[{"action":"keep","regex":"b%d"}]}`) + `]`)
		return testing.AllocsPerRun(1, func() { review(request) })
	}
	once, twice := cost(100), cost(200)
	if twice > 3*once {
		t.Errorf("%.0f allocations for 100 each, %.0f for 200", once, twice)
	}
}

// monitorRequest is the request to create a ServiceMonitor with these fields of its spec.
func monitorRequest(spec string) *admissionv1.AdmissionRequest {
	request := ruleRequest(`[]`)
	request.Kind.Kind = "ServiceMonitor"
	request.Object.Raw = []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{},` + spec + `}}`)
	return request
}

// listOf writes n items of a JSON list, each with its number.
func listOf(n int, item string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(item, i)
	}
	return strings.Join(items, ",")
}

// unhurried reviews without a deadline: the race detector is slow, and so are some machines.
func unhurried(t *testing.T, limits judge.Limits) func(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	t.Helper()
	permissive, err := judge.PermissiveWithin(limits)
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
