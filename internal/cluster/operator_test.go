package cluster

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

// TestSetOperator: each change takes effect immediately, for known and for later objects, and can
// be reverted.
func TestSetOperator(t *testing.T) {
	s := New(Options{})
	put := func(id string) {
		t.Helper()
		p := prometheus("main", "shop")
		p.Annotations = map[string]string{selection.ControllerID: id, "other": "x"}
		if err := s.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	put("blue")
	s.putNamespace("shop", nil)
	s.Put(monitor("first"))
	labels := map[string]string{"team": "shop"}
	check := func(when string, selected bool) {
		t.Helper()
		if got := len(s.View("shop").Selecting("ServiceMonitor", labels)) > 0; got != selected {
			t.Errorf("%s: selected is %v", when, got)
		}
		if got := len(s.Clashes(jobs.MonitorOf(monitor("second")))) > 0; got != selected {
			t.Errorf("%s: a clash is %v", when, got)
		}
		if got := len(s.Index().Unselected()) == 0; got != selected {
			t.Errorf("%s: counted as selected is %v", when, got)
		}
	}
	check("the scope is unknown", true)
	s.SetOperator(&selection.Operator{})
	check("the operator has no id", false)
	if _, known := s.View("shop").Standing("ServiceMonitor", labels); known {
		t.Error("an unmanaged instance counts")
	}
	s.SetOperator(&selection.Operator{ControllerID: "blue"})
	check("the id is that of the instance", true)
	put("green")
	check("the instance gets another id", false)
	put("blue")
	check("the instance gets its id back", true)
	s.SetOperator(&selection.Operator{ControllerID: "blue", Namespaces: []string{"monitoring"}})
	check("the monitor's namespace is not watched", false)
	s.SetOperator(&selection.Operator{ControllerID: "blue", DenyNamespaces: []string{"shop"}})
	check("the monitor's namespace is denied", false)
	s.SetOperator(&selection.Operator{ControllerID: "blue", DenyNamespaces: []string{"bank"}})
	check("another namespace is denied", true)
	s.SetOperator(&selection.Operator{ControllerID: "blue", PrometheusInstanceNamespaces: []string{"bank"}})
	check("instances are in another namespace", false)
	s.SetOperator(nil)
	check("the scope is unknown again", true)

	s.SetOperator(&selection.Operator{})
	s.Delete(selection.RefOf(prometheus("main", "")))
	s.SetOperator(nil)
	check("the instance was deleted while it did not count", false)
}

// TestUnwatchedNamespace: the reason for an object that no Prometheus can select.
func TestUnwatchedNamespace(t *testing.T) {
	s := New(Options{})
	for _, name := range []string{"a", "b"} {
		if err := s.Put(prometheus(name, "shop")); err != nil {
			t.Fatal(err)
		}
	}
	s.SetOperator(&selection.Operator{Namespaces: []string{"monitoring"}})
	all := s.View("shop").Unselected("ServiceMonitor", "web", map[string]string{"team": "shop"})
	if len(all) != 1 || all[0].Gap.Words() != "cannot, because the operator does not watch this namespace (operator.namespaces)" {
		t.Errorf("%+v", all)
	}
	standing, known := s.View("shop").Standing("ServiceMonitor", nil)
	if !known || standing.Near[0].Gap.Addable() {
		t.Errorf("labels are added to no effect: %+v", standing)
	}
}

// TestForget: all objects of the kind are removed, and nothing else.
func TestForget(t *testing.T) {
	s := New(Options{})
	if err := s.Put(prometheus("main", "shop")); err != nil {
		t.Fatal(err)
	}
	ruler := &monitoringv1.ThanosRuler{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
	ruler.Spec.RuleSelector = &metav1.LabelSelector{}
	if err := s.Put(ruler); err != nil {
		t.Fatal(err)
	}
	s.Put(monitor("first"))
	s.Put(monitor("second"))
	probe := &monitoringv1.Probe{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "first"}}
	s.Put(probe)

	s.Forget("ServiceMonitor")
	if clashes := s.Clashes(jobs.MonitorOf(monitor("third"))); len(clashes) != 0 {
		t.Errorf("%+v", clashes)
	}
	if s.Index().Monitor(selection.Ref{Kind: "Probe", Namespace: "shop", Name: "first"}) == nil {
		t.Error("a probe was removed too")
	}
	s.Forget("Prometheus")
	if _, known := s.View("shop").Standing("ServiceMonitor", nil); known {
		t.Error("the Prometheus was not removed")
	}
	if len(s.View("monitoring").Selecting("PrometheusRule", nil)) != 1 {
		t.Error("the ruler was removed too")
	}
}

// TestUnasked: if no instance has a selector for the kind, the reason says so; if there is no
// instance that could have one, nothing is known.
func TestUnasked(t *testing.T) {
	s := New(Options{})
	if got := s.View("shop").Unselected("PodMonitor", "web", nil); got != nil {
		t.Errorf("in an empty cluster: %v", got)
	}
	if err := s.Put(prometheus("main", "shop")); err != nil {
		t.Fatal(err)
	}
	got := s.View("shop").Unselected("PodMonitor", "web", nil)
	if len(got) != 1 || got[0].Name != "monitoring/main" || got[0].Gap.Words() != "has no selector for objects of kind PodMonitor" {
		t.Errorf("%v", got)
	}
	agent := &monitoringv1alpha1.PrometheusAgent{}
	agent.Namespace, agent.Name = "monitoring", "agent"
	if err := s.Put(agent); err != nil {
		t.Fatal(err)
	}
	if got := s.View("shop").Unselected("PrometheusRule", "web", nil); len(got) != 1 || got[0].Name != "monitoring/main" {
		t.Errorf("an agent selects no rules: %v", got)
	}
}
