package selection

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestKinds compares the table of kinds with the types that the API registers, and the role of each
// kind with the fields that selectors are read from.
func TestKinds(t *testing.T) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, monitoringv1.AddToScheme, monitoringv1alpha1.AddToScheme, monitoringv1beta1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	everything := &metav1.LabelSelector{}
	p := &monitoringv1.Prometheus{}
	p.Spec.ServiceMonitorSelector, p.Spec.PodMonitorSelector, p.Spec.ProbeSelector = everything, everything, everything
	p.Spec.ScrapeConfigSelector, p.Spec.RuleSelector = everything, everything
	selectors, err := Of(p)
	if err != nil {
		t.Fatal(err)
	}
	a := &monitoringv1.Alertmanager{}
	a.Spec.AlertmanagerConfigSelector = everything
	ofAlertmanager, err := OfAlertmanager(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range AllKinds() {
		registered, _, err := scheme.ObjectKinds(k.New())
		if err != nil || registered[0] != k.GroupVersionKind {
			t.Errorf("%s: the API has %v: %v", k, registered, err)
		}
		object := k.New()
		object.SetNamespace("shop")
		object.SetName("a")
		if got := RefOf(object); got != (Ref{Kind: k.Kind, Namespace: "shop", Name: "a"}) {
			t.Errorf("%s: the object is named %s", k, got)
		}
		if found, known := KindFor(k.GroupVersionKind); !known || found.GroupVersionKind != k.GroupVersionKind {
			t.Errorf("%s is not found", k)
		}
		if k.Selectable != (selectors.Has(k.Kind) || ofAlertmanager.Has(k.Kind)) {
			t.Errorf("%s: selectable is %t", k, k.Selectable)
		}
		isMonitor := k.Selectable && k.Kind != monitoringv1.PrometheusRuleKind && !k.Notifies
		if k.Monitor != isMonitor || (NewMonitor(k.Kind) != nil) != isMonitor {
			t.Errorf("%s: monitor is %t", k, k.Monitor)
		}
	}
	if n := [3]int{len(InstanceKinds()), len(SelectableKinds()), len(MonitorKinds())}; n != [3]int{3, 5, 4} {
		t.Errorf("%d instances, selectable kinds and monitors", n)
	}
}

// TestUnknownKinds: a kind of another version or group, or an unknown kind, has no entry.
func TestUnknownKinds(t *testing.T) {
	if _, known := KindFor(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1alpha1.ScrapeConfigsKind)); known {
		t.Error("a ScrapeConfig of the wrong version is known")
	}
	if got := RefOf(&corev1.Pod{}); got != (Ref{}) {
		t.Errorf("a Pod is named %s", got)
	}
	if NewMonitor("Pod") != nil {
		t.Error("a Pod is a monitor")
	}
}

func TestCompareRefs(t *testing.T) {
	ordered := []Ref{{"B", "a", "x"}, {"A", "a", "y"}, {"B", "a", "y"}, {"A", "b", "x"}}
	for i := range len(ordered) - 1 {
		if ordered[i].Compare(ordered[i+1]) >= 0 || ordered[i+1].Compare(ordered[i]) <= 0 {
			t.Errorf("%s and %s", ordered[i], ordered[i+1])
		}
	}
}
