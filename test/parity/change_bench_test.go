package parity

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/internal/cluster"
	"github.com/promgate/promgate/internal/render"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// manyMonitors is the number of monitors in BenchmarkChange.
const manyMonitors = 10_000

// BenchmarkChange measures the time and the allocations from the change of one ServiceMonitor among
// 10,000 to the compressed bytes of the Secret: for promgate's loop, which renders only the changed
// monitor, and for the operator, which generates everything again. The two take turns on the same
// objects, and the ratio is the result.
func BenchmarkChange(b *testing.B) {
	prometheus := &monitoringv1.Prometheus{TypeMeta: metav1.TypeMeta{APIVersion: "monitoring.coreos.com/v1", Kind: "Prometheus"}}
	prometheus.Namespace, prometheus.Name = "monitoring", "main"
	prometheus.Spec.ScrapeInterval, prometheus.Spec.EvaluationInterval = "30s", "30s"
	all := &metav1.LabelSelector{}
	prometheus.Spec.ServiceMonitorSelector, prometheus.Spec.ServiceMonitorNamespaceSelector = all, all
	request := &Request{Prometheus: "monitoring/main", Gates: Gates{EndpointSlice: true, RetentionPolicies: true, TopologySharding: true, PodTopologyLabels: true}, Repeat: 1}
	engine := render.NewEngine(cluster.New(cluster.Options{KeepObjects: true}).Assets(), promconfig.AsInstalled(), nil, time.Now)
	engine.Put(prometheus)
	request.put(b, prometheus)
	request.put(b, map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "shop"}})
	for i := range manyMonitors {
		m := oneOfMany(i, "/metrics")
		engine.Put(m)
		request.put(b, m)
	}
	ref := selection.Ref{Kind: "Prometheus", Namespace: "monitoring", Name: "main"}
	first, err := engine.Render(ref)
	if err != nil {
		b.Fatal(err)
	}
	var ours, theirs time.Duration
	var allocated, allocatedByOperator uint64
	b.ResetTimer()
	for i := range b.N {
		took, bytes := change(b, engine, ref, fmt.Sprintf("/metrics/%d", i))
		ours, allocated = ours+took, allocated+bytes
		answer, err := rig.reference.Ask(request)
		if err != nil || answer.Error != "" {
			b.Fatal(err, answer)
		}
		theirs, allocatedByOperator = theirs+time.Duration(answer.Nanoseconds), allocatedByOperator+answer.Allocated
	}
	n := float64(b.N)
	b.ReportMetric(float64(ours.Microseconds())/n/1000, "ms-promgate")
	b.ReportMetric(float64(theirs.Microseconds())/n/1000, "ms-operator")
	b.ReportMetric(float64(theirs)/float64(ours), "ratio")
	b.ReportMetric(float64(allocated)/n/1e6, "MB-promgate")
	b.ReportMetric(float64(allocatedByOperator)/n/1e6, "MB-operator")
	b.ReportMetric(float64(len(first.Text()))/1e6, "MB-configuration")
	b.ReportMetric(0, "ns/op")
}

func change(b *testing.B, engine *render.Engine, ref selection.Ref, path string) (took time.Duration, allocated uint64) {
	b.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	engine.Put(oneOfMany(7, path))
	c, err := engine.Render(ref)
	if err != nil || len(c.Gzip()) == 0 {
		b.Fatal(err)
	}
	took = time.Since(begin)
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}

func oneOfMany(i int, path string) *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{TypeMeta: metav1.TypeMeta{APIVersion: "monitoring.coreos.com/v1", Kind: "ServiceMonitor"}}
	m.Namespace, m.Name = "shop", fmt.Sprintf("m-%d", i)
	m.Spec.Selector.MatchLabels = map[string]string{"app": m.Name}
	m.Spec.Endpoints = []monitoringv1.Endpoint{{Port: "web", Path: path}}
	return m
}

func (r *Request) put(b *testing.B, object any) {
	b.Helper()
	data, err := json.Marshal(object)
	if err != nil {
		b.Fatal(err)
	}
	r.Objects = append(r.Objects, data)
}
