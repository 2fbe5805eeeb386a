package cluster

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

func prometheus(name, team string) *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", name
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	p.Spec.ServiceMonitorSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": team}}
	p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}
	return p
}

// monitor returns a monitor that clashes with every other one of its kind.
func monitor(name string) *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name = "shop", name
	m.Labels = map[string]string{"team": "shop"}
	m.Spec.Selector.MatchLabels = map[string]string{"app": "web"}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web"}}
	return m
}

func TestTaking(t *testing.T) {
	s := New(Options{})
	for _, p := range []*monitoringv1.Prometheus{prometheus("b", "shop"), prometheus("a", "shop"), prometheus("c", "bank")} {
		if err := s.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	agent := &monitoringv1alpha1.PrometheusAgent{}
	agent.Namespace, agent.Name = "monitoring", "a"
	agent.Spec.ServiceMonitorSelector = &metav1.LabelSelector{}
	if err := s.Put(agent); err != nil {
		t.Fatal(err)
	}
	taking := func(namespace, team string) string {
		var names []string
		for _, snapshot := range s.View(namespace).Selecting("ServiceMonitor", map[string]string{"team": team}) {
			names = append(names, snapshot.Name())
		}
		return strings.Join(names, " ")
	}
	if got := taking("shop", "shop"); got != "monitoring/a monitoring/b" {
		t.Errorf("selected by %q", got)
	}
	if got := taking("monitoring", "none"); got != "monitoring/a" {
		t.Errorf("an agent without a namespace selector selects only in its own namespace: %q", got)
	}

	changed := prometheus("a", "bank")
	if err := s.Put(changed); err != nil {
		t.Fatal(err)
	}
	s.Delete(selection.RefOf(prometheus("b", "")))
	if got := taking("shop", "shop"); got != "" {
		t.Errorf("after a change and a delete: %q", got)
	}
	if got := taking("shop", "bank"); got != "monitoring/a monitoring/c" {
		t.Errorf("after a change: %q", got)
	}

	changed.Spec.Version = "latest"
	if err := s.Put(changed); err == nil {
		t.Error("an invalid version is accepted")
	}
	if got := taking("shop", "bank"); got != "monitoring/c" {
		t.Errorf("an object that the operator cannot use still selects: %q", got)
	}
}

func TestClashes(t *testing.T) {
	s := New(Options{})
	if err := s.Put(prometheus("main", "shop")); err != nil {
		t.Fatal(err)
	}
	s.putNamespace("shop", nil)
	s.Put(monitor("first"))

	clashes := s.Clashes(jobs.MonitorOf(monitor("second")))
	if len(clashes) != 1 || clashes[0].Rival.String() != "ServiceMonitor shop/first" || clashes[0].Prometheus != "monitoring/main" || clashes[0].Passes() != "" {
		t.Errorf("%+v", clashes)
	}
	if clashes := s.Clashes(jobs.MonitorOf(monitor("first"))); len(clashes) != 0 {
		t.Errorf("a monitor clashes with itself: %+v", clashes)
	}
	if !s.Holds(monitor("first"), false) {
		t.Error("an unchanged monitor should hold")
	}
	moved := monitor("first")
	moved.Spec.Endpoints[0].Port = "admin"
	if s.Holds(moved, false) {
		t.Error("a monitor that claims something else by now should not hold")
	}
	leaving := monitor("first")
	leaving.DeletionTimestamp = &metav1.Time{}
	if s.Holds(leaving, false) {
		t.Error("a terminating monitor should not hold")
	}
}

func TestReserve(t *testing.T) {
	s := New(Options{})
	if err := s.Put(prometheus("main", "shop")); err != nil {
		t.Fatal(err)
	}
	clashes, release := s.Reserve(jobs.MonitorOf(monitor("b")), jobs.ScopeEndpoint, nil)
	if len(clashes) != 0 {
		t.Fatalf("%+v", clashes)
	}
	// The name that sorts first does not win over a reservation.
	clashes, _ = s.Reserve(jobs.MonitorOf(monitor("a")), jobs.ScopeEndpoint, nil)
	if len(clashes) != 1 || !clashes[0].Reserved() || clashes[0].Passes() != "" {
		t.Errorf("two monitors pass at the same moment: %+v", clashes)
	}
	release()
	if clashes := s.Clashes(jobs.MonitorOf(monitor("a"))); len(clashes) != 0 {
		t.Errorf("released claims are still reserved: %+v", clashes)
	}

	_, release = s.Reserve(jobs.MonitorOf(monitor("b")), jobs.ScopeEndpoint, nil)
	s.Put(monitor("b")) // the informer shows it
	release()
	if clashes := s.Clashes(jobs.MonitorOf(monitor("c"))); len(clashes) != 1 || clashes[0].Reserved() {
		t.Errorf("the claims of a stored monitor are free: %+v", clashes)
	}
	if _, release = s.Reserve(jobs.MonitorOf(monitor("b")), jobs.ScopeEndpoint, nil); release != nil { // it is there already
		release()
	}
	if clashes := s.Clashes(jobs.MonitorOf(monitor("c"))); len(clashes) != 1 {
		t.Errorf("a second create of the same monitor removes the first: %+v", clashes)
	}
}

// TestReserveAtOnce: of many monitors that arrive at the same moment one passes.
func TestReserveAtOnce(t *testing.T) {
	s := New(Options{})
	if err := s.Put(prometheus("main", "shop")); err != nil {
		t.Fatal(err)
	}
	var passed atomic.Int32
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			if clashes, _ := s.Reserve(jobs.MonitorOf(monitor(strconv.Itoa(i))), jobs.ScopeEndpoint, nil); len(clashes) == 0 {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if passed.Load() != 1 {
		t.Errorf("%d monitors passed", passed.Load())
	}
}
