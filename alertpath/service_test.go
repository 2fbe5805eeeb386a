package alertpath_test

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/alertpath"
)

func TestServiceAt(t *testing.T) {
	for address, want := range map[string]string{
		"http://alertmanager-operated.monitoring.svc:9093":                             "monitoring/alertmanager-operated",
		"dns+http://alertmanager-operated.monitoring.svc.cluster.local:9093":           "monitoring/alertmanager-operated",
		"dnssrv+_web._tcp.alertmanager-operated.monitoring.svc.cluster.local":          "monitoring/alertmanager-operated",
		"dnssrv+http://_web._tcp.alertmanager-operated.monitoring.svc.cluster.local":   "monitoring/alertmanager-operated",
		"alertmanager-main-0.alertmanager-operated.monitoring.svc.cluster.local.:9093": "monitoring/alertmanager-operated",
		"alertmanager-main.monitoring:9093":                                            "monitoring/alertmanager-main",
		"http://10.0.0.1:9093":                                                         "",
		"https://alertmanager.example.com":                                             "",
		"alertmanager:9093":                                                            "",
		"":                                                                             "",
	} {
		namespace, name, ok := alertpath.ServiceAt(address)
		got := ""
		if ok {
			got = namespace + "/" + name
		}
		if got != want {
			t.Errorf("%s is at %q, not %q", address, got, want)
		}
	}
}

func TestIsBehind(t *testing.T) {
	a := &monitoringv1.Alertmanager{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}}
	a.Spec.PodMetadata = &monitoringv1.EmbeddedObjectMetadata{Labels: map[string]string{"team": "ops", "alertmanager": "no"}}
	for name, c := range map[string]struct {
		namespace string
		selector  map[string]string
		want      bool
	}{
		"Governing":      {"monitoring", map[string]string{"app.kubernetes.io/name": "alertmanager"}, true},
		"ByName":         {"monitoring", map[string]string{"alertmanager": "main", "app.kubernetes.io/instance": "main"}, true},
		"Own":            {"monitoring", map[string]string{"team": "ops"}, true},
		"Version":        {"monitoring", map[string]string{"app.kubernetes.io/version": "0.33.1"}, true},
		"OtherName":      {"monitoring", map[string]string{"alertmanager": "other"}, false},
		"OtherNamespace": {"shop", map[string]string{"alertmanager": "main"}, false},
		"NoSelector":     {"monitoring", nil, false},
	} {
		s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: "a"}, Spec: corev1.ServiceSpec{Selector: c.selector}}
		if got := alertpath.IsBehind(s, a, "0.33.1"); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if s := alertpath.GoverningService(a); s == nil || !alertpath.IsBehind(s, a, "0.33.1") {
		t.Error("the Alertmanager is not behind the Service of the operator")
	}
}

func TestAddressed(t *testing.T) {
	main := alertpath.GoverningService(&monitoringv1.Alertmanager{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring", Name: "main"}})
	other := "shop"
	for name, c := range map[string]struct {
		reason string
		entry  monitoringv1.AlertmanagerEndpoints
		want   int
	}{
		"Named":     {"", monitoringv1.AlertmanagerEndpoints{Name: "alertmanager-operated", Port: intstr.FromString("web")}, 1},
		"Regex":     {"a name is a regular expression", monitoringv1.AlertmanagerEndpoints{Name: "alertmanager-.*", Port: intstr.FromString("w.b")}, 1},
		"Part":      {"which is anchored", monitoringv1.AlertmanagerEndpoints{Name: "alertmanager"}, 0},
		"NoPort":    {"any port", monitoringv1.AlertmanagerEndpoints{Name: "alertmanager-operated"}, 1},
		"Number":    {"the container's", monitoringv1.AlertmanagerEndpoints{Name: "alertmanager-operated", Port: intstr.FromInt32(9093)}, 1},
		"OtherPort": {"", monitoringv1.AlertmanagerEndpoints{Name: "alertmanager-operated", Port: intstr.FromString("http")}, 0},
		"Elsewhere": {"", monitoringv1.AlertmanagerEndpoints{Name: "alertmanager-operated", Namespace: &other}, 0},
	} {
		if got := alertpath.Addressed(&c.entry, "monitoring", []*corev1.Service{main}); len(got) != c.want {
			t.Errorf("%s: %d Services (%s)", name, len(got), c.reason)
		}
	}
}

func TestLeadsTo(t *testing.T) {
	a := &monitoringv1.Alertmanager{}
	s := &corev1.Service{Spec: corev1.ServiceSpec{Selector: map[string]string{"alertmanager": "main"}, Ports: []corev1.ServicePort{
		{Name: "web", Port: 80, TargetPort: intstr.FromString("web")},
		{Name: "number", Port: 81, TargetPort: intstr.FromInt32(9093)},
		{Name: "same", Port: 9093},
		{Name: "reloader-web", Port: 8080, TargetPort: intstr.FromString("reloader-web")},
	}}}
	for name, want := range map[string]bool{"web": true, "number": true, "same": true, "reloader-web": false, ".*web": true, "": true, "no": false} {
		if got := alertpath.LeadsTo(s, intstr.FromString(name), a); got != want {
			t.Errorf("port %q: %t", name, got)
		}
	}
	for address, want := range map[string]bool{"a.b.svc": true, "a.b.svc:80": true, "a.b.svc:81": true, "a.b.svc:9093": true, "a.b.svc:8080": false, "a.b.svc:1": false} {
		if got := alertpath.NumberLeadsTo(s, alertpath.NumberAt(address, "http"), a); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
	if alertpath.HasNumber(s, alertpath.NumberAt("a.b.svc", "https")) || !alertpath.HasNumber(s, 8080) {
		t.Error("the Service has other ports")
	}
}
