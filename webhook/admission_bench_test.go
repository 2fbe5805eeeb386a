package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation/builtin"
)

// BenchmarkAdmission creates a ServiceMonitor, with both reviews that the API server requests,
// beside few monitors and beside many. The two sizes take turns, so that other load on the machine
// affects both; the figures are medians.
func BenchmarkAdmission(b *testing.B) {
	few, many := newAdmission(b, 100), newAdmission(b, 100_000)
	var took [2][]time.Duration
	for b.Loop() {
		for i, a := range []*admission{few, many} {
			started := time.Now()
			a.create(b)
			took[i] = append(took[i], time.Since(started))
		}
	}
	beside := [2]float64{median(took[0]), median(took[1])}
	b.ReportMetric(beside[0], "µs/op-beside-100")
	b.ReportMetric(beside[1], "µs/op-beside-100000")
	b.ReportMetric(beside[1]/beside[0], "ratio")
	b.ReportMetric(0, "ns/op") // the sum of both is of no use
}

func median(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2].Nanoseconds()) / 1000
}

// admission is the two webhooks, with a cluster of a given size.
type admission struct {
	mutate, validate http.Handler
	model            *cluster.Model
	reviews          [][]byte
	created          []selection.Ref // the object of each review
	next             int
}

func newAdmission(b *testing.B, monitors int) *admission {
	b.Helper()
	a := &admission{model: cluster.New(cluster.Options{})}
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "k8s"
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	p.Spec.ServiceMonitorSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"release": "prometheus"}}
	p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}
	if err := a.model.Put(p); err != nil {
		b.Fatal(err)
	}
	for i := range monitors {
		a.model.Put(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: teamOf(i), Labels: map[string]string{"kubernetes.io/metadata.name": teamOf(i)}}})
		a.model.Put(charted(i, fmt.Sprintf("web-%d", i)))
		a.model.Index().SetService(&jobs.Service{
			Namespace: teamOf(i), Name: fmt.Sprintf("web-%d", i), Labels: commonLabels(i),
			Ports: []jobs.ServicePort{{Name: "web", TargetPort: "8080"}, {Name: "admin", TargetPort: "9090"}},
		})
	}
	for i := range 100 { // each Service in another namespace
		n := i * (monitors / 100)
		created := charted(n, fmt.Sprintf("admin-%d", n))
		for j := range created.Spec.Endpoints {
			created.Spec.Endpoints[j].Path = "/admin"
		}
		a.reviews = append(a.reviews, reviewOf(b, created))
		a.created = append(a.created, selection.RefOf(created))
	}

	settings := &atomic.Pointer[Settings]{}
	settings.Store(&Settings{Labels: defaulting.AsInstalled()})
	metrics, logger := NewMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler)
	reviewer := &review.Reviewer{Kinds: builtin.Kinds(), Cluster: a.model}
	v := &validator{reviewer: reviewer, settings: settings, metrics: metrics, logger: logger}
	m := &mutator{cluster: a.model, settings: settings, metrics: metrics, logger: logger}
	memory, queue := newMemory(unlimited), newQueue(1)
	a.validate = &handler{name: "validate", metrics: metrics, logger: logger, most: maxBodySize, memory: memory, queue: queue, cost: validateMemory, answer: v.answer}
	a.mutate = &handler{name: "mutate", metrics: metrics, logger: logger, most: maxBodySize, memory: memory, queue: queue, cost: mutateMemory, answer: m.answer}
	return a
}

func (a *admission) create(b *testing.B) {
	review, created := a.reviews[a.next%len(a.reviews)], a.created[a.next%len(a.reviews)]
	a.next++
	for _, h := range []http.Handler{a.mutate, a.validate} {
		request := httptest.NewRequest(http.MethodPost, "/?timeout=5s", bytes.NewReader(review))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, request)
		if body := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(body, `"allowed":true`) || strings.Contains(body, "warnings") {
			b.Fatal(answer.Code, body)
		}
	}
	if a.model.Index().Monitor(created) == nil {
		b.Fatal("nothing was reserved")
	}
	a.model.Index().DeleteMonitor(created) // the next object would find the reservation
}

func teamOf(i int) string { return fmt.Sprintf("team-%d", i%500) }

func commonLabels(i int) map[string]string {
	return map[string]string{
		"app.kubernetes.io/name": fmt.Sprintf("web-%d", i), "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/managed-by": "Helm", "release": "prometheus",
	}
}

// charted returns a monitor as charts generate them: most labels are the same in all monitors, and
// it selects a Service of its own.
func charted(i int, name string) *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{TypeMeta: metav1.TypeMeta{APIVersion: "monitoring.coreos.com/v1", Kind: "ServiceMonitor"}}
	m.Namespace, m.Name, m.Labels = teamOf(i), name, commonLabels(i)
	m.Spec.JobLabel = "app.kubernetes.io/name"
	m.Spec.Selector.MatchLabels = map[string]string{"app.kubernetes.io/name": fmt.Sprintf("web-%d", i), "app.kubernetes.io/part-of": "shop"}
	m.Spec.Endpoints = []monitoringv1.Endpoint{
		{Port: "web", Interval: "30s", RelabelConfigs: []monitoringv1.RelabelConfig{{SourceLabels: []monitoringv1.LabelName{"__meta_kubernetes_pod_node_name"}, TargetLabel: "node"}}},
		{Port: "admin", Interval: "30s", MetricRelabelConfigs: []monitoringv1.RelabelConfig{{Action: "drop", SourceLabels: []monitoringv1.LabelName{"__name__"}, Regex: "go_.*"}}},
	}
	return m
}

func reviewOf(b *testing.B, m *monitoringv1.ServiceMonitor) []byte {
	b.Helper()
	object, err := json.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	request := ruleRequest(`[]`)
	request.Kind.Kind, request.Namespace, request.Name = "ServiceMonitor", m.Namespace, m.Name
	request.Object.Raw = object
	review, err := json.Marshal(admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"}, Request: request,
	})
	if err != nil {
		b.Fatal(err)
	}
	return review
}
