package judge_test

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/judge"
)

// BenchmarkObject judges a ServiceMonitor with two endpoints, as the webhook does.
func BenchmarkObject(b *testing.B) {
	j, err := judge.Permissive()
	if err != nil {
		b.Fatal(err)
	}
	m := benchmarkMonitor()
	b.ReportAllocs()
	for b.Loop() {
		if v := j.Object(m); len(v.Refused)+len(v.LeftOut) > 0 {
			b.Fatal(v)
		}
	}
}

func benchmarkMonitor() *monitoringv1.ServiceMonitor {
	m := &monitoringv1.ServiceMonitor{}
	m.Namespace, m.Name = "shop", "web"
	m.Spec.Selector.MatchLabels = map[string]string{"app": "web", "tier": "front"}
	m.Spec.TargetLabels = []string{"team"}
	name := "web"
	m.Spec.Endpoints = []monitoringv1.Endpoint{
		{Port: "web", Interval: "30s", ScrapeTimeout: "10s", RelabelConfigs: []monitoringv1.RelabelConfig{
			{SourceLabels: []monitoringv1.LabelName{"__meta_kubernetes_pod_node_name"}, TargetLabel: "node"},
		}},
		{Port: "admin", MetricRelabelConfigs: []monitoringv1.RelabelConfig{
			{Action: "drop", SourceLabels: []monitoringv1.LabelName{"__name__"}, Regex: "go_.*"},
		}},
	}
	m.Spec.Endpoints[1].TLSConfig = &monitoringv1.TLSConfig{SafeTLSConfig: monitoringv1.SafeTLSConfig{ServerName: &name}}
	return m
}
