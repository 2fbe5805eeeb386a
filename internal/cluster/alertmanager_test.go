package cluster

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
)

func alertmanagerOf(team string) *monitoringv1.Alertmanager {
	a := &monitoringv1.Alertmanager{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "main"}}
	a.Spec.AlertmanagerConfigSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": team}}
	return a
}

func putConfig(t *testing.T, m *Model, name, team string) {
	t.Helper()
	object := &monitoringv1alpha1.AlertmanagerConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Labels: map[string]string{"team": team}}}
	if err := m.Put(object); err != nil {
		t.Fatal(err)
	}
}

// TestGlobalAlertmanagerConfig: the AlertmanagerConfig that an Alertmanager refers to by its name is used whatever its labels
// are. Others of the namespace are not.
func TestGlobalAlertmanagerConfig(t *testing.T) {
	m := New(Options{})
	putConfig(t, m, "global", "")
	putConfig(t, m, "other", "")
	a := alertmanagerOf("a")
	a.Spec.AlertmanagerConfiguration = &monitoringv1.AlertmanagerConfiguration{Name: "global"}
	if err := m.Put(a); err != nil {
		t.Fatal(err)
	}
	kind, group := monitoringv1alpha1.AlertmanagerConfigKind, jobs.Group{Kind: monitoringv1alpha1.AlertmanagerConfigKind, Namespace: "shop"}
	for name, used := range map[string]int{"global": 1, "other": 0} {
		view := m.View("shop")
		if got := len(view.Using(kind, name, nil)); got != used {
			t.Errorf("%d Alertmanagers use %s", got, name)
		}
		if got := len(view.Unselected(kind, name, nil)); got != 1-used {
			t.Errorf("%d Alertmanagers do not use %s", got, name)
		}
	}
	if len(m.View("bank").Using(kind, "global", nil)) > 0 {
		t.Error("one of another namespace is used")
	}
	if got := m.Index().Unselected()[group]; got != 1 {
		t.Errorf("%d are not used", got)
	}
	m.Delete(selection.RefOf(a))
	if got := m.Index().Unselected()[group]; got != 2 {
		t.Errorf("%d are not used without the Alertmanager", got)
	}
}

// TestAlertmanagerConfigNamespaces: the operator may watch AlertmanagerConfigs in other namespaces than monitors.
func TestAlertmanagerConfigNamespaces(t *testing.T) {
	a := alertmanagerOf("a")
	a.Spec.AlertmanagerConfigNamespaceSelector = &metav1.LabelSelector{}
	m := New(Options{Operator: &selection.Operator{Namespaces: []string{"shop"}, AlertmanagerConfigNamespaces: []string{"bank"}}})
	if err := m.Put(a); err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{"team": "a"}
	if len(m.View("bank").Selecting(monitoringv1alpha1.AlertmanagerConfigKind, labels)) != 1 {
		t.Error("it is not selected in bank")
	}
	got := m.View("shop").Unselected(monitoringv1alpha1.AlertmanagerConfigKind, "x", labels)
	if len(got) != 1 || got[0].Gap.Unwatched != "operator.alertmanagerConfigNamespaces" {
		t.Errorf("%+v", got)
	}
}
