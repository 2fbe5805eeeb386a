package jobs

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// TestFastest: the shortest interval of what is selected and may have the job.
func TestFastest(t *testing.T) {
	monitor := func(name, app string, endpoints ...monitoringv1.Endpoint) *Monitor {
		m := &monitoringv1.ServiceMonitor{}
		m.Namespace, m.Name = "shop", name
		m.Spec.Selector.MatchLabels = map[string]string{"app": app}
		for i := range endpoints {
			endpoints[i].Port = "web"
		}
		m.Spec.Endpoints = endpoints
		return MonitorOf(m)
	}
	every := func(interval string) monitoringv1.Endpoint {
		return monitoringv1.Endpoint{Interval: monitoringv1.Duration(interval)}
	}
	relabeled := every("1m")
	relabeled.RelabelConfigs = []monitoringv1.RelabelConfig{{TargetLabel: "__scrape_interval__"}}
	x := NewIndex()
	all := selectsAll(t)
	x.SetService(&Service{Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web"}})
	x.SetService(&Service{Namespace: "shop", Name: "slow", Labels: map[string]string{"app": "slow"}})
	type answer struct {
		Shortest time.Duration
		Known    bool
	}
	ask := func(job string) answer {
		d, known := x.Fastest(all, 30*time.Second, job)
		return answer{d, known}
	}
	steps := []struct {
		monitor *Monitor
		job     string
		want    answer
	}{
		{nil, "", answer{}},
		{monitor("slow", "slow", every("2m"), every("1m")), "", answer{time.Minute, true}},
		{nil, "slow", answer{time.Minute, true}},
		{nil, "web", answer{}},
		{monitor("web", "web", every("")), "", answer{30 * time.Second, true}},
		{nil, "slow", answer{time.Minute, true}},
		{monitor("elsewhere", "elsewhere", every("10s")), "slow", answer{10 * time.Second, true}}, // its Services are not known
		{monitor("elsewhere", "web", relabeled), "slow", answer{time.Minute, true}},
		{nil, "", answer{}},
		{monitor("elsewhere", "web", every("often")), "", answer{}},
		{monitor("elsewhere", "web"), "", answer{30 * time.Second, true}},
	}
	for i, s := range steps {
		if s.monitor != nil {
			x.SetMonitor(s.monitor)
		}
		if diff := cmp.Diff(s.want, ask(s.job)); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
}
