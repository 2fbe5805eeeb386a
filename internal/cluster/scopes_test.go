package cluster

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/jobs"
)

// constant returns a monitor with the job web.
func constant(namespace, name string) *monitoringv1.ServiceMonitor {
	m, job := monitor(name), "web"
	m.Namespace = namespace
	m.Spec.Selector.MatchLabels = map[string]string{"app": name}
	m.Spec.Endpoints[0].RelabelConfigs = []monitoringv1.RelabelConfig{{TargetLabel: "job", Replacement: &job}}
	return m
}

func TestScopes(t *testing.T) {
	near, far := constant("shop", "near"), constant("bank", "far")
	far.Spec.Selector.MatchLabels["more"] = "x"
	looking := constant("shop", "looking")
	looking.Spec.NamespaceSelector.MatchNames = []string{"bank"}
	cases := map[string]struct {
		reason  string
		rival   *monitoringv1.ServiceMonitor
		own     bool // each monitor sees its own namespace only
		refused map[jobs.Scope]bool
		lax     map[jobs.Scope]bool
	}{
		"Near":     {reason: "the same namespace", rival: near, refused: map[jobs.Scope]bool{"namespace": true, "prometheus": true}, lax: map[jobs.Scope]bool{"": true, "endpoint": true}},
		"NearOwn":  {reason: "a namespace that both see", rival: near, own: true, refused: map[jobs.Scope]bool{"namespace": true, "prometheus": true}, lax: map[jobs.Scope]bool{"": true, "endpoint": true}},
		"Far":      {reason: "another namespace", rival: far, refused: map[jobs.Scope]bool{"prometheus": true}, lax: map[jobs.Scope]bool{"": true, "endpoint": true, "namespace": true}},
		"Looks":    {reason: "the monitor selects in another namespace", rival: looking, refused: map[jobs.Scope]bool{"prometheus": true}, lax: map[jobs.Scope]bool{"": true, "endpoint": true, "namespace": true}},
		"LooksOwn": {reason: "the monitor may not select in that namespace", rival: looking, own: true},
		"FarOwn":   {reason: "it is uncertain what the monitor selects there", rival: far, own: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := New(Options{})
			p := prometheus("main", "shop")
			p.Spec.IgnoreNamespaceSelectors = tc.own
			if err := s.Put(p); err != nil {
				t.Fatal(err)
			}
			s.Put(tc.rival)
			for _, scope := range []jobs.Scope{"", jobs.ScopeEndpoint, jobs.ScopeNamespace, jobs.ScopePrometheus} {
				var refused, lax bool
				for _, c := range s.Clashes(jobs.MonitorOf(constant("shop", "web"))) {
					refused, lax = refused || c.Refuses(scope), lax || !scope.Includes(c.Scope)
				}
				if refused != tc.refused[scope] || lax != tc.lax[scope] {
					t.Errorf("%s: in scope %q refused %v, warned of %v", tc.reason, scope, refused, lax)
				}
			}
		})
	}
}

// TestSharedOnce: two monitors that scrape the same target under a job share the job too, which is
// not listed separately.
func TestSharedOnce(t *testing.T) {
	s := New(Options{})
	if err := s.Put(prometheus("main", "shop")); err != nil {
		t.Fatal(err)
	}
	s.Put(monitor("first"))
	for _, scope := range []jobs.Scope{jobs.ScopeEndpoint, jobs.ScopePrometheus} {
		if clashes := s.Clashes(jobs.MonitorOf(monitor("second"))); len(clashes) != 1 || clashes[0].Scope != "endpoint" || !clashes[0].Refuses(scope) {
			t.Errorf("%+v", clashes)
		}
	}
}

// TestReserveInScope: a clash that only a stricter scope refuses does not prevent a reservation.
func TestReserveInScope(t *testing.T) {
	for scope, reserved := range map[jobs.Scope]bool{jobs.ScopeEndpoint: true, jobs.ScopeNamespace: false} {
		s := New(Options{})
		if err := s.Put(prometheus("main", "shop")); err != nil {
			t.Fatal(err)
		}
		s.Put(constant("shop", "near"))
		if _, release := s.Reserve(jobs.MonitorOf(constant("shop", "web")), scope, nil); (release != nil) != reserved {
			t.Errorf("%s: reserved: %v", scope, release != nil)
		}
	}
}
