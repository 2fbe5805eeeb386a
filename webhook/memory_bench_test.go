package webhook

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation/builtin"
)

// largest returns reviews of the largest objects that are stored, of several shapes. The number of an item
// makes it differ from the others.
func largest() map[string]*admissionv1.AdmissionRequest {
	rules := func(item string) *admissionv1.AdmissionRequest {
		return ruleRequest(`[{"name":"g","rules":[` + listOf(etcdObject/(len(item)+4), item) + `]}]`)
	}
	endpoints := func(item string) *admissionv1.AdmissionRequest {
		return monitorRequest(`"endpoints":[` + listOf(etcdObject/(len(item)+4), item) + `]`)
	}
	return map[string]*admissionv1.AdmissionRequest{
		"rules":           rules(`{"alert":"KubePodNotReady%d","expr":"sum by (namespace, pod, job, cluster) (max by (namespace, pod, job, cluster) (kube_pod_status_phase{job=\"kube-state-metrics\", phase=~\"Pending|Unknown\"}) * on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!=\"Job\"}))) > 0","for":"15m","labels":{"severity":"warning"},"annotations":{"description":"Pod {{ $labels.namespace }}/{{ $labels.pod }} has been in a non-ready state for longer than 15 minutes on cluster {{ $labels.cluster }}.","summary":"Pod has been in a non-ready state for more than 15 minutes."}}`),
		"small-rules":     rules(`{"record":"a%d","expr":"b"}`),
		"broken-rules":    rules(`{"record":"a%d","expr":"("}`),
		"endpoints":       endpoints(`{"port":"web%d","interval":"30s","scrapeTimeout":"10s","relabelings":[{"action":"replace","sourceLabels":["__meta_kubernetes_pod_node_name"],"targetLabel":"node"}]}`),
		"small-endpoints": endpoints(`{"port":"a%d"}`),
		"source-labels":   monitorRequest(`"endpoints":[{"port":"web","relabelings":[{"action":"keep","regex":"a","sourceLabels":[` + listOf(etcdObject/10, `"a%d"`) + `]}]}]`),
		"relabelings":     monitorRequest(`"endpoints":[{"port":"web","relabelings":[` + listOf(etcdObject/42, `{"action":"labeldrop","regex":"a%d"}`) + `]}]`),
		"no-relabelings":  monitorRequest(`"endpoints":[{"port":"web","relabelings":[{}` + strings.Repeat(",{}", etcdObject/3) + `]}]`),
		"labels":          rules(`{"record":"a%d","expr":"b","labels":{` + listOf(50, `"a%d":"b"`) + `}}`),
		"groups":          ruleRequest(`[` + listOf(etcdObject/20, `{"name":"g%d"}`) + `]`),
		"terms":           rules(`{"record":"a%d","expr":"b` + strings.Repeat("+b", 500) + `"}`),
		"params":          monitorRequest(`"endpoints":[{"port":"web","params":{` + listOf(etcdObject/16, `"a%d":["b"]`) + `}}]`),
		"namespaces":      monitorRequest(`"namespaceSelector":{"matchNames":[` + listOf(etcdObject/10, `"a%d"`) + `]},"endpoints":[{"port":"web"}]`),
		"updated-rules":   update(rules(`{"record":"a%d","expr":"("}`), `[{"name":"g","rules":[`+listOf(etcdObject/30, `{"record":"a%d","expr":"b("}`)+`]}]`),
	}
}

// BenchmarkReviewMemory reports how much memory the review of a large object needs for each byte of the
// body: what was alive at the worst moment, and what was allocated in all.
func BenchmarkReviewMemory(b *testing.B) {
	permissive, err := judge.Permissive()
	if err != nil {
		b.Fatal(err)
	}
	settings := &atomic.Pointer[Settings]{}
	settings.Store(&Settings{Labels: defaulting.AsInstalled()})
	recorded, logger := NewMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler)
	v := &validator{reviewer: &review.Reviewer{Kinds: builtin.Kinds(), Judge: permissive}, settings: settings, metrics: recorded, logger: logger}
	m := &mutator{settings: settings, metrics: recorded, logger: logger}
	memory := newMemory(64 << 30)
	handlers := []*handler{
		{name: "validate", metrics: recorded, logger: logger, most: maxBodySize, memory: memory, cost: validateMemory, answer: v.answer},
		{name: "mutate", metrics: recorded, logger: logger, most: maxBodySize, memory: memory, cost: mutateMemory, answer: m.answer},
	}
	for name, request := range largest() {
		body, err := json.Marshal(admissionv1.AdmissionReview{TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"}, Request: request})
		if err != nil {
			b.Fatal(err)
		}
		for _, h := range handlers {
			b.Run(h.name+"/"+name, func(b *testing.B) { reviewMemory(b, h, body) })
		}
	}
}

func reviewMemory(b *testing.B, h *handler, body []byte) {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	peak := watchMemory("/gc/heap/live:bytes")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, "/?timeout=30s", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK && answer.Code != http.StatusInternalServerError { // too slow, on a busy machine
			b.Fatal(answer.Code, answer.Body)
		}
	}
	runtime.ReadMemStats(&after)
	alive := max(0, float64(peak())-float64(before.HeapAlloc))
	b.ReportMetric(alive/float64(len(body)), "live-B/body-B")
	b.ReportMetric(alive/float64(h.cost([][]byte{body})), "live/reserved")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(len(body))/float64(b.N), "alloc-B/body-B")
	b.ReportMetric(0, "ns/op") // with this much garbage collection it says nothing
}

// watchMemory begins to watch a metric of the runtime, less others. The function that it returns ends that, and
// returns the most.
func watchMemory(names ...string) func() uint64 {
	stop, most := make(chan struct{}), make(chan uint64)
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	go func() {
		var peak uint64
		for tick := time.NewTicker(time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				most <- peak
				return
			case <-tick.C:
				metrics.Read(samples)
				now := samples[0].Value.Uint64()
				for _, less := range samples[1:] {
					now -= less.Value.Uint64()
				}
				peak = max(peak, now)
			}
		}
	}()
	return func() uint64 { close(stop); return <-most }
}
