package webhook

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

func denying(check string) validation.Policy {
	return validation.Policy{Severities: map[string]validation.Severity{check: validation.Deny}}
}

// withPort returns a monitor that has the job of the Service web whatever port it scrapes.
func withPort(name string, ports ...string) []byte {
	for i, port := range ports {
		ports[i] = fmt.Sprintf(`{"port":%q}`, port)
	}
	return fmt.Appendf(nil, `{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":%q,"namespace":"shop","labels":{"release":"blue"}},
"spec":{"selector":{"matchLabels":{"app":"web"}},"endpoints":[%s]}}`, name, strings.Join(ports, ","))
}

func rivalMonitor() *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name, m.Labels = "shop", "other", map[string]string{"release": "blue"}
	m.Spec.Selector.MatchLabels = map[string]string{"app": "web"}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}}
	return m
}

// webService has the ports web and admin.
func webService(s *cluster.Model) {
	service := &corev1.Service{}
	service.Namespace, service.Name, service.Labels = "shop", "web", map[string]string{"app": "web"}
	service.Spec.Selector = map[string]string{"app": "web"}
	service.Spec.Ports = []corev1.ServicePort{{Name: "web", Port: 80}, {Name: "admin", Port: 81}}
	s.Index().SetService(jobs.ServiceOf(service))
}

// TestScopeOfDuplicateJobs: the scope is changed while promgate runs; a clash of a stricter scope
// is a warning. A denial is confirmed, and a share that the stored object had is admitted.
func TestScopeOfDuplicateJobs(t *testing.T) {
	changed := rivalMonitor()
	changed.Spec.Endpoints[0].Port = "more"
	cases := map[string]struct {
		reason  string
		scope   jobs.Scope
		live    liveMonitor
		stored  string // the port of the stored object, if there is one
		denied  bool
		warning string
		asked   int
	}{
		"AsInstalled": {reason: "a stricter scope only warns", live: liveMonitor{object: rivalMonitor()}, warning: "scope namespace would refuse it"},
		"Endpoint":    {reason: "the default scope, set explicitly", scope: jobs.ScopeEndpoint, live: liveMonitor{object: rivalMonitor()}, warning: "scope namespace would refuse it"},
		"Namespace":   {reason: "one owner in a namespace", scope: jobs.ScopeNamespace, live: liveMonitor{object: rivalMonitor()}, denied: true, asked: 1},
		"Prometheus":  {reason: "one owner in the whole Prometheus", scope: jobs.ScopePrometheus, live: liveMonitor{object: rivalMonitor()}, denied: true, asked: 1},
		"Gone":        {reason: "the rival was deleted meanwhile", scope: jobs.ScopeNamespace, asked: 1},
		"Changed":     {reason: "the rival claims something else by now", scope: jobs.ScopeNamespace, live: liveMonitor{object: changed}, asked: 1},
		"NoAnswer":    {reason: "an unconfirmed clash refuses nothing", scope: jobs.ScopeNamespace, live: liveMonitor{err: errors.New("timeout")}, asked: 1},
		"Known":       {reason: "the stored object shared it too", scope: jobs.ScopeNamespace, live: liveMonitor{object: rivalMonitor()}, stored: "none", warning: "not new, so let through"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			state := clusterOf(t, "main=blue")
			state.Put(rivalMonitor())
			r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = state, &tc.live })
			r.Use(Settings{DuplicateJobs: tc.scope})
			request := ruleRequest(`[]`)
			request.Kind.Kind = "ServiceMonitor"
			request.Object.Raw = withPort("web", "admin")
			if tc.stored != "" {
				request.Operation, request.OldObject.Raw = admissionv1.Update, withPort("web", tc.stored)
			}
			response := r.review(t, "/validate", request)
			if response.Allowed == tc.denied || tc.live.asked != tc.asked {
				t.Errorf("%s: asked %d times, %+v", tc.reason, tc.live.asked, response)
			}
			if tc.denied && !strings.Contains(response.Result.Message, `ServiceMonitor shop/other already has the same job (the name of the Service) in namespace shop of Prometheus monitoring/main`) {
				t.Errorf("%s", response.Result.Message)
			}
			if said := strings.Join(response.Warnings, "\n"); !strings.Contains(said, tc.warning) || (said == "") != (tc.warning == "") {
				t.Errorf("%s: %s", tc.reason, said)
			}
		})
	}
}

// TestSharedJobOnItsWay: a clash of a stricter scope delays nobody; in that scope it does until the
// rival is stored.
func TestSharedJobOnItsWay(t *testing.T) {
	for scope, code := range map[jobs.Scope]int32{jobs.ScopeEndpoint: 0, jobs.ScopeNamespace: 429} {
		live := &liveMonitor{}
		r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = clusterOf(t, "main=blue"), live })
		r.Use(Settings{DuplicateJobs: scope})
		review := func(name, port string) *admissionv1.AdmissionResponse {
			request := ruleRequest(`[]`)
			request.Kind.Kind, request.Name = "ServiceMonitor", name
			request.Object.Raw = withPort(name, port)
			return r.review(t, "/validate", request)
		}
		if response := review("b", "web"); !response.Allowed {
			t.Fatalf("%s: %+v", scope, response)
		}
		response := review("a", "admin")
		if response.Allowed != (code == 0) || code != 0 && response.Result.Code != code {
			t.Errorf("%s: %+v", scope, response)
		}
		// The claims of a monitor that was admitted although it shares a job are reserved as well.
		if response := review("c", "admin"); response.Allowed || response.Result.Code != 429 && scope == jobs.ScopeEndpoint {
			t.Errorf("%s: %+v", scope, response)
		}
	}
}

// TestServicesInWarnings: a port that the Services do not have is a warning at kubectl apply. It
// refuses an object only if the configuration says so, and not if the stored object had the same
// mistake.
func TestServicesInWarnings(t *testing.T) {
	state := clusterOf(t, "main=blue")
	webService(state)
	r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = state, &liveMonitor{} })
	review := func(port string, stored ...string) *admissionv1.AdmissionResponse {
		request := ruleRequest(`[]`)
		request.Kind.Kind = "ServiceMonitor"
		request.Object.Raw = withPort("web", port)
		if len(stored) > 0 {
			request.Operation, request.OldObject.Raw = admissionv1.Update, withPort("web", stored...)
		}
		return r.review(t, "/validate", request)
	}
	if response := review("metrics"); !response.Allowed || len(response.Warnings) != 1 ||
		!strings.Contains(response.Warnings[0], `Service shop/web has no port named "metrics", only "admin", "web"`) {
		t.Errorf("%+v", response)
	}
	if response := review("metrics|web"); !response.Allowed || len(response.Warnings) != 0 {
		t.Errorf("an expression: %+v", response)
	}
	if response := review("web"); !response.Allowed || len(response.Warnings) != 0 {
		t.Errorf("%+v", response)
	}
	r.Use(Settings{Policy: denying("port-not-on-service")})
	if response := review("metrics", "web"); response.Allowed {
		t.Errorf("a new mistake is admitted: %+v", response)
	}
	if response := review("metrics", "web", "metrics"); !response.Allowed {
		t.Errorf("a mistake of the stored object is refused: %+v", response)
	}
}

// TestSharedJobDenied: if the configuration sets job-shared to deny, the denial is confirmed.
func TestSharedJobDenied(t *testing.T) {
	for _, object := range []selection.Object{rivalMonitor(), nil} {
		state := clusterOf(t, "main=blue")
		state.Put(rivalMonitor())
		live := &liveMonitor{object: object}
		r := serve(t, func(o *Options) { o.Reviewer.Cluster, o.Reviewer.Live = state, live })
		r.Use(Settings{Policy: denying("job-shared")})
		request := ruleRequest(`[]`)
		request.Kind.Kind = "ServiceMonitor"
		request.Object.Raw = withPort("web", "admin")
		if response := r.review(t, "/validate", request); response.Allowed == (object != nil) || live.asked != 1 {
			t.Errorf("asked %d times, %+v", live.asked, response)
		}
	}
}
