package records

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// realistic returns an object as applications bring it: a group of recording rules, and one of alerts that
// use them and what all applications have. It has 20 rules.
func realistic(i int) *monitoringv1.PrometheusRule {
	rule := &monitoringv1.PrometheusRule{}
	rule.Namespace, rule.Name = fmt.Sprintf("team-%d", i%100), fmt.Sprintf("web-%d", i)
	recording, alerting := monitoringv1.RuleGroup{Name: "web.rules"}, monitoringv1.RuleGroup{Name: "web.alerts"}
	for j := range 10 {
		metric := fmt.Sprintf("web%d_requests%d_total", i, j)
		record := fmt.Sprintf("job:web%d_requests%d:rate5m", i, j)
		recording.Rules = append(recording.Rules, monitoringv1.Rule{Record: record, Expr: intstr.FromString(
			fmt.Sprintf(`sum by (job, namespace) (rate(%s{job="web-%d",code=~"5.."}[5m])) / sum by (job, namespace) (rate(%s{job="web-%d"}[5m]))`, metric, i, metric, i))})
		alerting.Rules = append(alerting.Rules, monitoringv1.Rule{Alert: fmt.Sprintf("Errors%d", j), Expr: intstr.FromString(
			fmt.Sprintf(`%s > 0.05 and on (namespace) count by (namespace) (kube_pod_info{namespace="team-%d"}) > 0 unless on (namespace) up{job="web-%d"} == 0`, record, i%100, i)),
			Annotations: map[string]string{"description": strings.Repeat("The application answers with errors. ", 5)}})
	}
	rule.Spec.Groups = []monitoringv1.RuleGroup{recording, alerting}
	return rule
}

// BenchmarkPut reads and puts one of 1,000 objects.
func BenchmarkPut(b *testing.B) {
	x := NewIndex(parser.Options{})
	rules := make([]*monitoringv1.PrometheusRule, 1000)
	for i := range rules {
		rules[i] = realistic(i)
	}
	for i := 0; b.Loop(); i++ {
		x.Put(Of(rules[i%len(rules)], parser.Options{}))
	}
}

// BenchmarkRecording asks who records a metric, among 1,000 objects.
func BenchmarkRecording(b *testing.B) {
	x := NewIndex(parser.Options{})
	for i := range 1000 {
		x.Put(Of(realistic(i), parser.Options{}))
	}
	for i := 0; b.Loop(); i++ {
		if got := x.Recording("job:web7_requests3:rate5m"); len(got) != 1 {
			b.Fatal(got)
		}
	}
}

// BenchmarkBytesPerObject measures the memory of one of 1,000 objects.
func BenchmarkBytesPerObject(b *testing.B) {
	const n = 1000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := NewIndex(parser.Options{})
		for i := range n {
			x.Put(Of(realistic(i), parser.Options{}))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/object")
		runtime.KeepAlive(x)
	}
}
