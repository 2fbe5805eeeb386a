package reconcile

import (
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus/testutil"
	corev1 "k8s.io/api/core/v1"
)

// TestNoName: a Secret reference without a name, or with an invalid name, counts as missing. The
// other monitors are written nevertheless.
func TestNoName(t *testing.T) {
	for _, name := range []string{"", "a/b", "..", "%2e"} {
		l, target, server := newLoop(t)
		l.Reader = server
		bad := monitor("bad")
		key := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: "k"}
		bad.Spec.Endpoints[0].BasicAuth = &monitoringv1.BasicAuth{Username: key, Password: key}
		l.Put(mainPrometheus())
		l.Put(bad)
		l.Put(monitor("good"))
		if got := passes(t, l); got != "ObjectsLeftOut" || target.written[0].Jobs != 1 {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// TestFailing: a failure does not leave the condition at Proven.
func TestFailing(t *testing.T) {
	l, _, server := newLoop(t)
	l.Put(mainPrometheus())
	passes(t, l)
	m := monitor("a")
	key := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "login"}, Key: "k"}
	m.Spec.Endpoints[0].BasicAuth = &monitoringv1.BasicAuth{Username: key, Password: key}
	l.Put(m)
	server.broken = true
	work := func() { l.work(t.Context(), mainRef) }
	work()
	proven := func() float64 { return testutil.ToFloat64(l.Reporter.metrics.state.With(labelsOf(mainRef))) }
	if proven() != 0 || l.Reporter.conditions[mainRef].reason != "Proven" {
		t.Errorf("at first: %v, %+v", proven(), l.Reporter.conditions[mainRef])
	}
	for range reportedFailures {
		work()
	}
	if c := l.Reporter.conditions[mainRef]; c.status != "False" || c.reason != "Failing" || !strings.Contains(c.message, "login") {
		t.Errorf("in the end: %+v", c)
	}
	server.broken = false
	work()
	if c := l.Reporter.conditions[mainRef]; proven() != 1 || c.status != "True" {
		t.Errorf("recovered: %v, %+v", proven(), c)
	}
}

// TestHeldUntilBack: a CRD that is created again has no objects at first.
func TestHeldUntilBack(t *testing.T) {
	l, target, server := newLoop(t)
	l.Put(mainPrometheus())
	const crd = "servicemonitors.monitoring.coreos.com"
	many(l, 8, true)
	passes(t, l)
	server.gone[crd] = true
	many(l, 8, false)
	for _, step := range []struct {
		crdGone bool
		back    int
		want    string
	}{{true, 0, "Held"}, {false, 0, "Held"}, {false, 3, "Held"}, {false, 4, "Proven"}} {
		server.gone[crd] = step.crdGone
		many(l, step.back, true)
		if got := passes(t, l); got != step.want {
			t.Errorf("%+v: %s", step, got)
		}
	}
	many(l, 4, false) // the objects are unchanged
	if got := passes(t, l); got != "Proven" || target.written[len(target.written)-1].Jobs != 0 {
		t.Error(got)
	}
}
