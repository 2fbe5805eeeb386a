package rule

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/promgate/promgate/validation"
)

// TestMemoMemory: what remembered expressions take is what the memo says, approximately.
func TestMemoMemory(t *testing.T) {
	for name, form := range map[string]string{
		"short": "up == %d",
		"usual": `sum by (namespace, job) (rate(http_requests_total{job="web", code=~"5.."}[5m])) / sum by (namespace, job) (rate(http_requests_total{job="web"}[5m])) > %d`,
		"long": `sum by (namespace, pod, job, cluster) (max by (namespace, pod, job, cluster) (kube_pod_status_phase{job="kube-state-metrics", phase=~"Pending|Unknown"}) ` +
			`* on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (1, max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"}))) > %d`,
		"many matchers": `{a="b",c=~"d.*",e!="f",g!~"h|i",j="k",l="m",n="o"} > %d`,
	} {
		t.Run(name, func(t *testing.T) {
			var said int64
			s := validation.Permissive()
			s.Memo = validation.NewMemo(1<<30, func(bytes int64) { said = bytes })
			p := newExprParser(s)
			before := alive()
			const n = 2000
			for i := range n {
				if parsed := p.parse(fmt.Sprintf(form, i)); parsed.err != nil {
					t.Fatal(parsed.err)
				}
			}
			took := alive() - before
			runtime.KeepAlive(s.Memo)
			t.Logf("%d bytes each, said to be %d", took/n, said/n)
			if took > said || took < said/8 {
				t.Errorf("%d expressions take %d bytes, and are said to take %d", n, took, said)
			}
		})
	}
}

// alive returns the size of what is in use on the heap.
func alive() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
