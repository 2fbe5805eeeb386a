package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/builtin"
)

// BenchmarkRule checks an object of some 75 KB with 134 rules, the size of the
// control-plane rules of kube-prometheus.
func BenchmarkRule(b *testing.B) {
	object := ruleObject(largeGroups(b))
	kind := builtin.Kinds()[0]
	b.SetBytes(int64(len(object)))
	for b.Loop() {
		found, err := kind.Run(b.Context(), object, validation.Permissive(), func(c validation.Info) validation.Severity { return c.Severity })
		if err != nil || len(found) != 0 {
			b.Fatal(found, err)
		}
	}
}

// largeGroups returns the groups of an object of some 75 KB with 134 rules, the size of the control-plane rules of
// kube-prometheus.
func largeGroups(b testing.TB) string {
	b.Helper()
	var rules []map[string]any
	for i := range 134 {
		rules = append(rules, map[string]any{
			"alert": fmt.Sprintf("KubePodNotReady%d", i),
			"expr": fmt.Sprintf("sum by (namespace, pod, job, cluster) (\n  max by (namespace, pod, job, cluster) (kube_pod_status_phase{job=\"kube-state-metrics\", phase=~\"Pending|Unknown\"})"+
				" * on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (\n    1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!=\"Job\"})\n  )\n) > %d", i),
			"for":    "15m",
			"labels": map[string]string{"severity": "warning"},
			"annotations": map[string]string{
				"description": "Pod {{ $labels.namespace }}/{{ $labels.pod }} has been in a non-ready state for longer than 15 minutes on cluster {{ $labels.cluster }}.",
				"summary":     "Pod has been in a non-ready state for more than 15 minutes.",
			},
		})
	}
	groups, err := json.Marshal([]any{map[string]any{"name": "kubernetes-apps", "rules": rules}})
	if err != nil {
		b.Fatal(err)
	}
	return string(groups)
}

// BenchmarkReapply reviews the same large object again, as GitOps controllers send it, with a validating webhook that remembers verdicts
// and with one that does not. The two take turns; the figures are medians.
func BenchmarkReapply(b *testing.B) {
	body, err := io.ReadAll(reviewBody(b, ruleRequest(largeGroups(b))))
	if err != nil {
		b.Fatal(err)
	}
	var handlers []*handler
	for _, memory := range []int64{unlimited, 0} {
		handlers = append(handlers, newGate(b, memory).handler())
	}
	var took [2][]time.Duration
	for b.Loop() {
		for i, h := range handlers {
			took[i] = append(took[i], serveReview(b, h, body))
		}
	}
	known, computed := median(took[0]), median(took[1])
	b.ReportMetric(known, "µs/op-remembered")
	b.ReportMetric(computed, "µs/op-computed")
	b.ReportMetric(computed/known, "ratio")
	b.ReportMetric(0, "ns/op") // the sum of both is of no use
}

// BenchmarkServiceMonitor checks and judges a monitor with two endpoints.
func BenchmarkServiceMonitor(b *testing.B) {
	const object = `{"apiVersion":"monitoring.coreos.com/v1","kind":"ServiceMonitor","metadata":{"name":"web","namespace":"shop"},"spec":{
"selector":{"matchLabels":{"app":"web"}},"endpoints":[
{"port":"web","interval":"30s","scrapeTimeout":"10s","relabelings":[{"action":"replace","sourceLabels":["__meta_kubernetes_pod_node_name"],"targetLabel":"node"}]},
{"port":"admin","scheme":"https","tlsConfig":{"ca":{"secret":{"name":"tls","key":"ca.crt"}},"serverName":"web"},"metricRelabelings":[{"action":"drop","regex":"go_.*","sourceLabels":["__name__"]}]}]}}`
	j, err := judge.Permissive()
	if err != nil {
		b.Fatal(err)
	}
	for _, kind := range builtin.Kinds() {
		if kind.Kind != "ServiceMonitor" {
			continue
		}
		b.SetBytes(int64(len(object)))
		for b.Loop() {
			found, err := kind.Run(b.Context(), []byte(object), j.Snapshot(), func(c validation.Info) validation.Severity { return c.Severity })
			if err != nil || len(found) != 0 {
				b.Fatal(found, err)
			}
		}
	}
}
