package watch

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	ctrlcache "sigs.k8s.io/controller-runtime/pkg/cache"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/cluster"
)

// BenchmarkFirstSync reads clusters of several sizes for the first time, through the informers that promgate
// runs on, and reports how much memory stays in use for each monitor: in the index, and in the
// informer's store. The API server runs in the same process, so that it counts in the time and in
// the peaks. The peak of the whole process is that of the largest cluster so far.
func BenchmarkFirstSync(b *testing.B) {
	for _, monitors := range []int{1_000, 10_000, 100_000} {
		b.Run(strconv.Itoa(monitors), func(b *testing.B) { firstSync(b, monitors) })
	}
}

func firstSync(b *testing.B, monitors int) {
	for b.Loop() {
		b.StopTimer()
		server := httptest.NewServer(largeServer{monitors: monitors})
		before := heap()
		state := cluster.New(cluster.Options{})
		if err := state.Put(everything()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		r := synced(b, server.URL, state)
		b.StopTimer()

		both := heap()
		r.stop()
		server.CloseClientConnections()
		server.Close()
		peak := r.peak
		index := heap()
		if n := len(state.Index().Clashes(monitorOf(monitors - 1))); n == 0 {
			b.Fatal("the last monitor is not in the index")
		}
		runtime.KeepAlive(state)
		b.ReportMetric(float64(index-before)/float64(monitors), "B/monitor-index")
		b.ReportMetric(float64(both-index)/float64(monitors), "B/monitor-store")
		b.ReportMetric(float64(peak-before)/(1<<20), "MiB-peak")
		b.ReportMetric(float64(both)/(1<<20), "MiB-in-use")
		b.ReportMetric(maxRSS(b), "MiB-process")
		b.StartTimer()
	}
}

// maxRSS returns the most memory that the process has had so far, in MiB.
func maxRSS(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Maxrss) / (1 << 10)
}

// heap returns the memory in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one finalized
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// syncing is a running watch.
type syncing struct {
	cancel context.CancelFunc
	ended  chan error
	peak   uint64
}

// synced starts a watch and returns when it has read everything.
func synced(b *testing.B, url string, state *cluster.Model) *syncing {
	b.Helper()
	w := New(state, slog.New(slog.DiscardHandler))
	o := w.Options()
	var err error
	if o.Scheme, err = Scheme(); err != nil {
		b.Fatal(err)
	}
	o.Mapper = mapper()
	cache, err := ctrlcache.New(&rest.Config{Host: url, QPS: -1}, o)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	r := &syncing{cancel: cancel, ended: make(chan error, 2)}
	w.Use(cache, nil, nothingMissed{}) // the API server has all kinds, and keeps them
	go func() { r.ended <- cache.Start(ctx) }()
	go func() { r.ended <- w.Start(ctx) }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(5 * time.Minute)
	for {
		err := w.Ready()
		if err == nil {
			return r
		}
		select {
		case <-tick.C:
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			r.peak = max(r.peak, stats.HeapAlloc)
		case err := <-r.ended:
			b.Fatal("the watch ended by itself", err)
		case <-deadline:
			b.Fatal(err)
		}
	}
}

// stop ends the watch and waits for it.
func (r *syncing) stop() {
	r.cancel()
	for range cap(r.ended) {
		<-r.ended
	}
}

// nothingMissed answers for an API server whose objects do not change.
type nothingMissed struct{}

func (nothingMissed) Missed(context.Context, schema.GroupVersionKind, string) (bool, error) {
	return false, nil
}

// mapper replaces discovery.
func mapper() meta.RESTMapper {
	m := meta.NewDefaultRESTMapper(nil)
	for resource, gvk := range served {
		scope := meta.RESTScopeNamespace
		if gvk.Kind == "Namespace" {
			scope = meta.RESTScopeRoot
		}
		m.AddSpecific(gvk, gvk.GroupVersion().WithResource(resource), gvk.GroupVersion().WithResource(resource), scope)
	}
	return m
}

// served are the kinds that are watched, by resource.
var served = map[string]schema.GroupVersionKind{
	"namespaces":       {Version: "v1", Kind: "Namespace"},
	"services":         {Version: "v1", Kind: "Service"},
	"prometheuses":     {Group: "monitoring.coreos.com", Version: "v1", Kind: "Prometheus"},
	"thanosrulers":     {Group: "monitoring.coreos.com", Version: "v1", Kind: "ThanosRuler"},
	"servicemonitors":  {Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"},
	"podmonitors":      {Group: "monitoring.coreos.com", Version: "v1", Kind: "PodMonitor"},
	"probes":           {Group: "monitoring.coreos.com", Version: "v1", Kind: "Probe"},
	"prometheusagents": {Group: "monitoring.coreos.com", Version: "v1alpha1", Kind: "PrometheusAgent"},
	"prometheusrules":  {Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule"},
	"scrapeconfigs":    {Group: "monitoring.coreos.com", Version: "v1alpha1", Kind: "ScrapeConfig"},
}

// everything is a Prometheus that selects all monitors.
func everything() *monitoringv1.Prometheus {
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "k8s"
	p.Spec.ScrapeInterval, p.Spec.EvaluationInterval = "30s", "30s"
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
	return p
}
