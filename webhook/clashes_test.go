package webhook

import (
	"context"
	"errors"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// liveMonitor is the API server's answer for any monitor.
type liveMonitor struct {
	object selection.Object
	err    error
	asked  int
}

func (l *liveMonitor) Monitor(context.Context, selection.Ref) (selection.Object, error) {
	l.asked++
	return l.object, l.err
}

func TestDuplicateJobIsConfirmed(t *testing.T) {
	rival := func() *monitoringv1.ServiceMonitor {
		m := &monitoringv1.ServiceMonitor{}
		m.Namespace, m.Name, m.Labels = "shop", "other", map[string]string{"release": "blue"}
		m.Spec.Selector.MatchLabels = map[string]string{"app": "web"}
		m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}}
		return m
	}
	leaving, moved := rival(), rival()
	leaving.DeletionTimestamp = &metav1.Time{}
	moved.Spec.Endpoints[0].Port = "admin"
	cases := map[string]struct {
		reason string
		live   liveMonitor
		stored string // endpoints of the stored object, if there is one
		denied bool
	}{
		"Confirmed": {reason: "the rival exists", live: liveMonitor{object: rival()}, denied: true},
		"Gone":      {reason: "the rival was deleted meanwhile"},
		"Leaving":   {reason: "the rival is being deleted", live: liveMonitor{object: leaving}},
		"Moved":     {reason: "the rival scrapes something else by now", live: liveMonitor{object: moved}},
		"NoAnswer":  {reason: "an unconfirmed clash refuses nothing", live: liveMonitor{err: errors.New("timeout")}},
		"KnownAll":  {reason: "the stored object clashed as well", live: liveMonitor{object: rival()}, stored: `[{"port":"web","interval":"5s"}]`},
		"NewOne":    {reason: "the stored object did not clash", live: liveMonitor{object: rival()}, stored: `[{"port":"admin"}]`, denied: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			state := clusterOf(t, "main=blue")
			state.Put(rival())
			r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = state, &tc.live })
			request := ruleRequest(`[]`)
			request.Kind.Kind = "ServiceMonitor"
			object := func(endpoints string) []byte {
				return []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"web","namespace":"shop","labels":{"release":"blue"}},"spec":{"selector":{"matchLabels":{"app":"web"}},"endpoints":` + endpoints + `}}`)
			}
			request.Object.Raw = object(`[{"port":"web"}]`)
			if tc.stored != "" {
				request.Operation = admissionv1.Update
				request.OldObject.Raw = object(tc.stored)
			}
			response := r.review(t, "/validate", request)
			if response.Allowed == tc.denied {
				t.Errorf("%s: %+v", tc.reason, response)
			}
			if tc.denied && !strings.Contains(response.Result.Message, `ServiceMonitor shop/other already scrapes the Services that app=web selects, in namespace shop, under the same job (the name of the Service) of Prometheus monitoring/main`) {
				t.Errorf("%s", response.Result.Message)
			}
			if tc.stored == "" && tc.live.asked != 1 {
				t.Errorf("%s: the API server was asked %d times", tc.reason, tc.live.asked)
			}
		})
	}
}

// TestAdmittingAsksNobody: the API server is asked only before a denial.
func TestAdmittingAsksNobody(t *testing.T) {
	live := &liveMonitor{}
	r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = clusterOf(t, "main=blue"), live })
	request := ruleRequest(`[]`)
	request.Kind.Kind = "ServiceMonitor"
	request.Object = monitorWith(t, map[string]string{"release": "blue"})
	if response := r.review(t, "/validate", request); !response.Allowed || live.asked != 0 {
		t.Errorf("%+v, asked %d times", response, live.asked)
	}
}

// TestRivalOnItsWay: a rival that was admitted a moment ago may never be stored. The second monitor
// gets the answer to try again.
func TestRivalOnItsWay(t *testing.T) {
	live := &liveMonitor{}
	r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = clusterOf(t, "main=blue"), live })
	review := func(name string, dryRun bool) *admissionv1.AdmissionResponse {
		request := ruleRequest(`[]`)
		request.Kind.Kind, request.Name, request.DryRun = "ServiceMonitor", name, &dryRun
		request.Object.Raw = []byte(`{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"` + name + `","namespace":"shop","labels":{"release":"blue"}},
"spec":{"selector":{"matchLabels":{"app":"web"}},"endpoints":[{"port":"web"}]}}`)
		return r.review(t, "/validate", request)
	}
	if response := review("trial", true); !response.Allowed {
		t.Fatalf("%+v", response)
	}
	if response := review("b", false); !response.Allowed {
		t.Fatalf("a dry run holds a job: %+v", response)
	}
	response := review("a", false)
	if response.Allowed || response.Result.Code != 429 || response.Result.Details.RetryAfterSeconds != 1 {
		t.Errorf("%+v", response.Result)
	}
	if response := review("b", false); !response.Allowed {
		t.Errorf("the same object again: %+v", response)
	}
}

// TestUpdatesAtOnce: of two updates that claim the same job at the same moment only one passes. The
// same holds for two creates after a rival was deleted, before the informer shows the deletion.
func TestUpdatesAtOnce(t *testing.T) {
	for _, update := range []bool{true, false} {
		state := clusterOf(t, "main=blue")
		if !update {
			state.Put(rivalMonitor())
		}
		r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = state, &liveMonitor{} })
		review := func(name string, dryRun bool) *admissionv1.AdmissionResponse {
			request := ruleRequest(`[]`)
			request.Kind.Kind, request.Name, request.DryRun = "ServiceMonitor", name, &dryRun
			request.Object.Raw = withPort(name, "web")
			if update {
				request.Operation, request.OldObject.Raw = admissionv1.Update, withPort(name, name)
			}
			return r.review(t, "/validate", request)
		}
		if response := review("trial", true); !response.Allowed {
			t.Fatalf("update %t: %+v", update, response)
		}
		if response := review("b", false); !response.Allowed {
			t.Fatalf("update %t: %+v", update, response)
		}
		if response := review("a", false); response.Allowed || response.Result.Code != 429 {
			t.Errorf("update %t: both pass: %+v", update, response)
		}
	}
}
