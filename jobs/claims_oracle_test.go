package jobs_test

import (
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/promconfig"
	"github.com/promgate/promgate/selection"
)

// TestOracle: the claims of a monitor equal what Prometheus makes of its chain of relabelings, and
// the index reports a clash exactly if two targets that Prometheus would scrape are equal.
func TestOracle(t *testing.T) {
	g := newGenerator(t)
	known, clashes, pairs := 0, 0, 0
	for seed := range uint64(1200) {
		u := newUniverse(t, seed)
		scraped := map[at][]entry{}
		x := newIndex(t)
		for _, s := range u.services {
			x.SetService(jobs.ServiceOf(s))
		}
		for _, m := range u.monitors {
			x.SetMonitor(jobs.MonitorOf(m))
			for i, job := range g.ServiceMonitor(m).Jobs {
				scraped[at{m.Name, i}] = scrape(t, job, u.services)
			}
		}
		for _, m := range u.monitors {
			monitor := jobs.MonitorOf(m)
			for _, c := range monitor.Claims {
				known += checkJobs(t, seed, c, m, scraped[at{m.Name, c.Endpoint}], u.services)
			}
			clashes += checkClashes(t, seed, x.Clashes(monitor), monitor, scraped)
			pairs += checkPairs(t, seed, x.Clashes(monitor), monitor, u.monitors, scraped)
		}
	}
	t.Logf("%d known jobs, %d clashes, %d equal pairs", known, clashes, pairs)
	if known < 2000 || clashes < 500 || pairs < 300 {
		t.Error("too few to prove anything")
	}
}

// checkJobs: the job of each target is the job of the claim, if the claim has one.
func checkJobs(t *testing.T, seed uint64, c jobs.Claim, m *monitoringv1.ServiceMonitor, entries []entry, services []*corev1.Service) int {
	t.Helper()
	if c.Job == (jobs.Job{}) {
		return 0
	}
	for _, e := range entries {
		want := c.Job.Constant
		if c.Job.OfService {
			i := slices.IndexFunc(services, func(s *corev1.Service) bool { return s.Namespace+"/"+s.Name == e.service })
			want = services[i].Name
			if value := services[i].Labels[c.Job.Label]; value != "" {
				want = value
			}
		}
		if e.job != want {
			t.Errorf("seed %d: %s/%d has the job %q, and the claim says %q: %+v", seed, m.Name, c.Endpoint, e.job, want, m.Spec.Endpoints[c.Endpoint].RelabelConfigs)
		}
	}
	return len(entries)
}

// checkClashes: there is no false alarm. Both monitors may drop all targets of a Service, by equal
// relabelings: they claim the same target even so.
func checkClashes(t *testing.T, seed uint64, clashes []jobs.Clash, m *jobs.Monitor, scraped map[at][]entry) int {
	t.Helper()
	checked := 0
	for _, c := range clashes {
		target, onService := strings.CutPrefix(c.Target, "Service ")
		if !onService {
			continue
		}
		checked++
		service, _, _ := strings.Cut(target, " ")
		mine := on(service, scraped[at{m.Name, m.Claims[c.Claim].Endpoint}])
		theirs := on(service, scraped[at{c.Rival.Name, c.Rival.Claims[c.RivalClaim].Endpoint}])
		if len(mine) == 0 && len(theirs) == 0 && (m.Claims[c.Claim].Filter != "" || strings.Contains(m.Claims[c.Claim].Address, "\n")) {
			continue
		}
		if !slices.ContainsFunc(mine, func(e entry) bool { return e.job == c.Job && slices.Contains(theirs, e) }) {
			t.Errorf("seed %d: false alarm: %s claim %d and %s claim %d on %s as %q\n%+v\n%+v", seed, m.Name, c.Claim, c.Rival.Name, c.RivalClaim, c.Target, c.Job, mine, theirs)
		}
	}
	return checked
}

// checkPairs: two equal targets are reported, if everything about them is known. Only the pods know
// the number of a named targetPort.
func checkPairs(t *testing.T, seed uint64, clashes []jobs.Clash, m *jobs.Monitor, others []*monitoringv1.ServiceMonitor, scraped map[at][]entry) int {
	t.Helper()
	certain := func(c jobs.Claim) bool {
		return c.Job != (jobs.Job{}) && c.Services.TargetPort == "" && !strings.Contains(c.Address, "\n")
	}
	pairs := 0
	for _, o := range others {
		rival := jobs.MonitorOf(o)
		if rival.Name == m.Name {
			continue
		}
		for i, mine := range m.Claims {
			for j, theirs := range rival.Claims {
				if !certain(mine) || !certain(theirs) || mine.Filter != theirs.Filter ||
					!slices.ContainsFunc(scraped[at{m.Name, mine.Endpoint}], func(e entry) bool { return slices.Contains(scraped[at{rival.Name, theirs.Endpoint}], e) }) {
					continue
				}
				pairs++
				if !slices.ContainsFunc(clashes, func(c jobs.Clash) bool {
					return c.Claim == i && c.Rival.Name == rival.Name && c.RivalClaim == j
				}) {
					t.Errorf("seed %d: %s claim %d and %s claim %d scrape the same, and it is not reported", seed, m.Name, i, rival.Name, j)
				}
			}
		}
	}
	return pairs
}

func newGenerator(t *testing.T) *promconfig.Generator {
	t.Helper()
	p := &monitoringv1.Prometheus{}
	p.Namespace, p.Name = "monitoring", "k8s"
	role := monitoringv1.EndpointSliceRole
	p.Spec.ServiceDiscoveryRole = &role
	g, err := promconfig.New(p, promconfig.Placeholders{}, promconfig.AsInstalled())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func newIndex(t *testing.T) *jobs.Index {
	t.Helper()
	p := &monitoringv1.Prometheus{}
	p.Spec.ServiceMonitorSelector, p.Spec.ServiceMonitorNamespaceSelector = &metav1.LabelSelector{}, &metav1.LabelSelector{}
	s, err := selection.Of(p)
	if err != nil {
		t.Fatal(err)
	}
	x := jobs.NewIndex()
	x.SetPrometheus(selection.Ref{Kind: monitoringv1.PrometheusesKind, Namespace: "monitoring", Name: "k8s"}, s, nil)
	return x
}
