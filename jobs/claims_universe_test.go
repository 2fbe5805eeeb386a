package jobs_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

// relabelings of all kinds. Many of them concern the job, because the job is what is tested.
var relabelings = []string{
	`{targetLabel: job, replacement: fixed}`,
	`{targetLabel: job, replacement: s0}`,
	`{targetLabel: job, replacement: ""}`,
	`{targetLabel: job}`,
	`{targetLabel: job, replacement: a$1b}`,
	`{targetLabel: job, regex: x, replacement: never}`,
	`{targetLabel: job, regex: "x*", replacement: fixed}`,
	`{sourceLabels: [__meta_kubernetes_service_label_app], targetLabel: job}`,
	`{sourceLabels: [__meta_kubernetes_service_label_app], regex: "(.+)", targetLabel: job, replacement: some}`,
	`{sourceLabels: [__meta_kubernetes_service_label_app], regex: ".*", targetLabel: job, replacement: fixed}`,
	`{sourceLabels: [__meta_kubernetes_service_label_app], regex: "(.*)", targetLabel: job, replacement: ""}`,
	`{sourceLabels: [__meta_kubernetes_service_label_team, job], separator: "/", targetLabel: job}`,
	`{sourceLabels: [__meta_kubernetes_service_label_team], regex: "(.+)", targetLabel: "${1}", replacement: y}`,
	`{sourceLabels: [__meta_kubernetes_service_label_team], regex: "(.+)", targetLabel: "team_${1}", replacement: y}`,
	`{action: Lowercase, sourceLabels: [job], targetLabel: job}`,
	`{action: uppercase, sourceLabels: [job], targetLabel: job}`,
	`{action: hashmod, sourceLabels: [__address__], modulus: 2, targetLabel: job}`,
	`{action: hashmod, sourceLabels: [__address__], modulus: 2, targetLabel: shard}`,
	`{action: labelmap, regex: "__meta_kubernetes_service_label_(.+)"}`,
	`{action: labelmap, regex: "__meta_kubernetes_service_label_(.+)", replacement: "k8s_$1"}`,
	`{action: labelmap, regex: service, replacement: job}`,
	`{action: labelmap, regex: service, replacement: __param_x}`,
	`{action: labeldrop, regex: "pod|service"}`,
	`{action: labeldrop, regex: "jo.*"}`,
	`{action: labelkeep, regex: "__.*|job"}`,
	`{action: labelkeep, regex: "__.*|team"}`,
	`{action: labelkeep, regex: "job"}`,
	`{action: keep, sourceLabels: [shard], regex: "0"}`,
	`{action: keep, sourceLabels: [job], regex: "s.*|fixed"}`,
	`{action: drop, sourceLabels: [team], regex: p}`,
	`{action: drop, sourceLabels: [endpoint], regex: web}`,
	`{action: keep, sourceLabels: [__tmp_prometheus_job_name], regex: ".*/m0/.*"}`,
	`{action: dropequal, sourceLabels: [team], targetLabel: job}`,
	`{action: keepequal, sourceLabels: [service], targetLabel: job}`,
	`{targetLabel: __metrics_path__, replacement: /other}`,
	`{sourceLabels: [endpoint], regex: "(.+)", targetLabel: __metrics_path__, replacement: /$1}`,
	`{sourceLabels: [team], targetLabel: __param_team}`,
	`{sourceLabels: [__meta_kubernetes_pod_name], targetLabel: __address__}`,
	`{targetLabel: __scheme__, replacement: https}`,
	`{targetLabel: environment, replacement: test}`,
}

type universe struct {
	rnd      *rand.Rand
	services []*corev1.Service
	monitors []*monitoringv1.ServiceMonitor
}

func newUniverse(t *testing.T, seed uint64) *universe {
	t.Helper()
	u := &universe{rnd: rand.New(rand.NewPCG(seed, 1))}
	for i := range 4 {
		u.services = append(u.services, u.service(i))
	}
	for i := range 3 {
		m := u.monitor(t)
		// Random monitors rarely clash: therefore many equal the previous one except for one part.
		if i > 0 && !u.once(3) {
			before := u.monitors[i-1].DeepCopy()
			if u.once(2) {
				before.Spec.Endpoints = m.Spec.Endpoints
			}
			if u.once(2) {
				before.Spec.JobLabel = m.Spec.JobLabel
			}
			if u.once(2) {
				before.Spec.TargetLabels = m.Spec.TargetLabels
			}
			m = before
		}
		m.Namespace, m.Name = u.some("a", "b", "c"), fmt.Sprintf("m%d", i)
		u.monitors = append(u.monitors, m)
	}
	return u
}

func (u *universe) some(list ...string) string { return list[u.rnd.IntN(len(list))] }

func (u *universe) once(in int) bool { return u.rnd.IntN(in) == 0 }

func (u *universe) service(i int) *corev1.Service {
	s := &corev1.Service{}
	s.Namespace, s.Name, s.Labels = u.some("a", "b", "c"), fmt.Sprintf("s%d", i), map[string]string{}
	for _, name := range []string{"app", "team", "k8s-app", "job"} {
		if u.once(2) {
			s.Labels[name] = u.some("p", "q", "Q", "")
		}
	}
	web := corev1.ServicePort{Name: "web", Port: 80, TargetPort: intstr.FromInt32(8080)}
	metrics := corev1.ServicePort{Name: "metrics", Port: 9090}
	if u.once(2) {
		web.TargetPort = intstr.FromString("http")
	}
	switch u.rnd.IntN(3) {
	case 0:
		s.Spec.Ports = []corev1.ServicePort{web}
	case 1:
		s.Spec.Ports = []corev1.ServicePort{metrics}
	default:
		s.Spec.Ports = []corev1.ServicePort{web, metrics}
	}
	return s
}

func (u *universe) monitor(t *testing.T) *monitoringv1.ServiceMonitor {
	t.Helper()
	m := &monitoringv1.ServiceMonitor{}
	switch u.rnd.IntN(6) {
	case 0:
		m.Spec.NamespaceSelector.MatchNames = []string{u.some("a", "b"), u.some("b", "c")}
	case 1:
	default:
		m.Spec.NamespaceSelector.Any = true
	}
	if u.once(2) {
		m.Spec.Selector.MatchLabels = map[string]string{u.some("app", "team"): u.some("p", "q", "")}
	}
	if u.once(4) {
		r := metav1.LabelSelectorRequirement{Key: u.some("app", "k8s-app"), Operator: metav1.LabelSelectorOperator(u.some("In", "NotIn", "Exists", "DoesNotExist"))}
		if strings.HasSuffix(string(r.Operator), "In") {
			r.Values = []string{u.some("p", "q"), u.some("p", "")}
		}
		m.Spec.Selector.MatchExpressions = append(m.Spec.Selector.MatchExpressions, r)
	}
	m.Spec.JobLabel = u.some("", "", "app", "k8s-app", "nowhere")
	if u.once(3) {
		m.Spec.TargetLabels = []string{u.some("team", "team", "app", "job")}
	}
	for range 1 + u.rnd.IntN(2) {
		m.Spec.Endpoints = append(m.Spec.Endpoints, u.endpoint(t))
	}
	return m
}

func (u *universe) endpoint(t *testing.T) monitoringv1.Endpoint {
	t.Helper()
	var e monitoringv1.Endpoint
	number, name := intstr.FromInt32(8080), intstr.FromString(u.some("http", "8080"))
	switch u.rnd.IntN(6) {
	case 0:
		e.TargetPort = &number
	case 1:
		e.TargetPort = &name
	case 2:
	default:
		e.Port = u.some("web", "metrics")
	}
	e.Path = u.some("", "", "/metrics", "metrics", "/x")
	if u.once(6) {
		https := monitoringv1.SchemeHTTPS
		e.Scheme = &https
	}
	if u.once(6) {
		e.Params = map[string][]string{"x": {u.some("1", "2"), "3"}}
	}
	for range max(0, u.rnd.IntN(5)-1) {
		var r monitoringv1.RelabelConfig
		if err := yaml.UnmarshalStrict([]byte(u.some(relabelings...)), &r); err != nil {
			t.Fatal(err)
		}
		e.RelabelConfigs = append(e.RelabelConfigs, r)
	}
	return e
}
