package render

import (
	"fmt"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

var mainRef = selection.Ref{Kind: monitoringv1.PrometheusesKind, Namespace: "monitoring", Name: "main"}

// TestMadeAnew: a Prometheus that was deleted and created again between two renderings counts as a
// new one, and is proven as a whole.
func TestMadeAnew(t *testing.T) {
	e := engine(prometheus())
	before := rendered(t, e).Global
	e.Delete(mainRef)
	e.Put(prometheus())
	if after := rendered(t, e).Global; after == before {
		t.Errorf("both are %d", after)
	}
}

// TestLeaveOut: an object that LeaveOut leaves out does not count as a job.
func TestLeaveOut(t *testing.T) {
	m := monitor("shop", "a", "a", 1)
	e := engine(prometheus(), m)
	rendered(t, e)
	e.LeaveOut(mainRef, selection.RefOf(m), validation.Finding{Problem: "no good"})
	if c := rendered(t, e); c.Jobs != 0 || len(c.LeftOut) != 1 || c.LeftOut[0].Partly {
		t.Errorf("%d jobs, %+v", c.Jobs, c.LeftOut)
	}
}

// TestUsersGo: the engine forgets which assets a deleted object read.
func TestUsersGo(t *testing.T) {
	e := NewEngine(noAssets(), promconfig.AsInstalled(), nil, time.Now)
	e.Put(prometheus())
	for n := range 10 {
		m := monitor("shop", fmt.Sprintf("m-%d", n), "a", 1)
		key := corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: m.Name}, Key: "k"}
		m.Spec.Endpoints[0].BasicAuth = &monitoringv1.BasicAuth{Username: key, Password: key}
		e.Put(m)
		rendered(t, e)
		e.Delete(selection.RefOf(m))
		rendered(t, e)
	}
	if users := e.instances[mainRef].users; len(users) != 0 {
		t.Errorf("%v", users)
	}
}
