package jobs

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/promgate/promgate/selection"
)

// apart returns a string that shares its bytes with no other, like strings that are read.
func apart(format string, values ...any) string { return strings.Clone(fmt.Sprintf(format, values...)) }

// realistic returns a monitor as charts generate it: most labels are equal in all monitors, and its
// Service has one of its own.
func realistic(t testing.TB, i int) *Monitor {
	namespace := apart("team-%d", i%500)
	m := &Monitor{
		Ref: selection.Ref{Kind: "ServiceMonitor", Namespace: namespace, Name: apart("web-%d", i)}, Created: time.Unix(int64(i), 0), UID: types.UID(apart("00000000-0000-0000-0000-%012d", i)),
		Release: apart("helm %s/web-%d", namespace, i),
		Labels: map[string]string{
			apart("app.kubernetes.io/name"): apart("web-%d", i), apart("app.kubernetes.io/part-of"): apart("shop"), apart("app.kubernetes.io/managed-by"): apart("Helm"),
			apart("helm.sh/chart"): apart("web-1.2.%d", i%10), apart("release"): apart("prometheus"),
		},
	}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{apart("app.kubernetes.io/name"): apart("web-%d", i), apart("app.kubernetes.io/part-of"): apart("shop")}}
	for j, port := range []string{"web", "admin"} {
		o := newObjects(t, selector, apart("%s", namespace))
		o.Port = apart("%s", port)
		m.Claims = append(m.Claims, Claim{Endpoint: j, Job: Job{OfService: true, Label: apart("app.kubernetes.io/name")}, Address: apart("http /metrics/%s?", port), Services: o})
	}
	return m
}

func serviceOf(m *Monitor) *Service {
	return &Service{
		Namespace: m.Namespace, Name: m.Name,
		Labels: map[string]string{"app.kubernetes.io/name": m.Name, "app.kubernetes.io/part-of": "shop", "app.kubernetes.io/managed-by": "Helm"},
		Ports:  []ServicePort{{Name: "web", TargetPort: "8080"}, {Name: "admin", TargetPort: "9090"}},
	}
}

func filled(t testing.TB, n int) *Index {
	x := NewIndex()
	x.SetPrometheus(k8s, selectsAll(t), nil)
	for i := range n {
		m := realistic(t, i)
		x.SetMonitor(m)
		x.SetService(serviceOf(m))
	}
	return x
}

// BenchmarkClashes asks for monitors that resemble stored ones, under another name: first for their
// clashes, and then for the jobs that they share.
func BenchmarkClashes(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		x := filled(b, n)
		asked := make([]*Monitor, 100)
		for i := range asked {
			asked[i] = realistic(b, i*(n/len(asked)))
			asked[i].Name = "new"
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				m := asked[i%len(asked)]
				if clashes, shared := x.Clashes(m), x.Shared(m); len(clashes) != 2 || len(shared) != 1 {
					b.Fatal(clashes, shared)
				}
			}
		})
		wide := realistic(b, 1)
		wide.Name = "wide"
		for i := range wide.Claims { // a job that all have, without a near one
			wide.Claims[i].Services = newObjects(b, &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/part-of": "shop"}}, "other")
		}
		b.Run(fmt.Sprintf("Popular/%d", n), func(b *testing.B) {
			for b.Loop() {
				if clashes, shared := x.Clashes(wide), x.Shared(wide); len(clashes)+len(shared) != 0 {
					b.Fatal(clashes, shared)
				}
			}
		})
	}
}

// BenchmarkOneJob asks for one more owner of a job that all monitors have.
func BenchmarkOneJob(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		x := NewIndex()
		x.SetPrometheus(k8s, selectsAll(b), nil)
		for i := range n {
			m := realistic(b, i)
			s := serviceOf(m)
			s.Labels["job"] = "all"
			for j := range m.Claims {
				m.Claims[j].Job.Label = "job"
			}
			x.SetMonitor(m)
			x.SetService(s)
		}
		asked := realistic(b, 1)
		asked.Name = "new"
		for j := range asked.Claims {
			asked.Claims[j].Job.Label = "job"
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if got := x.Shared(asked); len(got) == 0 {
					b.Fatal(got)
				}
			}
		})
	}
}

// BenchmarkBytesPerMonitor measures the memory of one of 100,000 monitors, with everything that it
// holds.
func BenchmarkBytesPerMonitor(b *testing.B) {
	const n = 100_000
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := NewIndex()
		x.SetPrometheus(k8s, selectsAll(b), nil)
		for i := range n {
			x.SetMonitor(realistic(b, i))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/monitor")
		runtime.KeepAlive(x)
	}
}
