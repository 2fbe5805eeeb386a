package jobs

import (
	"slices"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/selection"
)

// A Pace is how often the endpoints of a monitor scrape.
type Pace struct {
	Endpoints int // their number

	// Shortest is the shortest interval that an endpoint sets, or 0. Default means that an endpoint sets
	// none.
	Shortest time.Duration
	Default  bool

	// Unknown means that targets may have intervals of their own, or that an interval cannot be read.
	Unknown bool
}

// maxLooksForPace limits how many monitors are looked at.
const maxLooksForPace = 5000

// Fastest returns the shortest interval at which the monitors that the selectors select scrape a job. The empty
// name stands for all jobs, and byDefault is the interval of endpoints that set none. It is not known if no
// monitor is selected that may have the job.
func (x *Index) Fastest(s selection.Selectors, byDefault time.Duration, job string) (shortest time.Duration, known bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if len(x.monitors.list) > maxLooksForPace {
		return 0, false
	}
	selecting := chosen{services: &x.services, looks: maxLooksForClaims}
	for _, e := range x.monitors.list {
		if e == nil || e.Pace.Endpoints == 0 || !x.selects(s, &e.Monitor) || job != "" && !e.mayHave(job, &selecting) {
			continue
		}
		if e.Pace.Unknown {
			return 0, false
		}
		if d := e.Pace.Shortest; d > 0 && (shortest == 0 || d < shortest) {
			shortest = d
		}
		if e.Pace.Default && (shortest == 0 || byDefault < shortest) {
			shortest = byDefault
		}
	}
	return shortest, shortest > 0
}

// mayHave reports whether a target of the monitor may have the job.
func (m *Monitor) mayHave(job string, selecting *chosen) bool {
	return len(m.Claims) != m.Pace.Endpoints || slices.ContainsFunc(m.Claims, func(c Claim) bool {
		switch {
		case c.Job.Constant != "":
			return c.Job.Constant == job
		case !c.Job.OfService || c.Services == nil:
			return true
		}
		services, all := selecting.by(c.Services)
		return !all || len(services) == 0 || slices.ContainsFunc(services, func(s *Service) bool { return s.mayName(job, c.Job.Label) })
	})
}

// mayName reports whether a Service, or its label, may name a job.
func (s *Service) mayName(job, label string) bool {
	if s.Name == job {
		return true
	}
	name := relabeling.SanitizeLabelName(label)
	for key, value := range s.Labels {
		if value == job && relabeling.SanitizeLabelName(key) == name {
			return true
		}
	}
	return false
}

// paceOf returns how often a monitor scrapes.
func paceOf(object any) Pace {
	var p Pace
	switch o := object.(type) {
	case *monitoringv1.ServiceMonitor:
		for _, e := range o.Spec.Endpoints {
			p.add(e.Interval, e.RelabelConfigs)
		}
	case *monitoringv1.PodMonitor:
		for _, e := range o.Spec.PodMetricsEndpoints {
			p.add(e.Interval, e.RelabelConfigs)
		}
	case *monitoringv1.Probe:
		p.add(o.Spec.Interval, nil)
		p.Unknown = p.Unknown || o.Spec.Targets.Ingress != nil && setsInterval(o.Spec.Targets.Ingress.RelabelConfigs) ||
			o.Spec.Targets.StaticConfig != nil && setsInterval(o.Spec.Targets.StaticConfig.RelabelConfigs)
	case *monitoringv1alpha1.ScrapeConfig:
		var interval monitoringv1.Duration
		if o.Spec.ScrapeInterval != nil {
			interval = *o.Spec.ScrapeInterval
		}
		p.add(interval, o.Spec.RelabelConfigs)
		p.Unknown = p.Unknown || slices.ContainsFunc(o.Spec.StaticConfigs, func(c monitoringv1alpha1.StaticConfig) bool { return c.Labels[model.ScrapeIntervalLabel] != "" })
	}
	return p
}

func (p *Pace) add(interval monitoringv1.Duration, relabelings []monitoringv1.RelabelConfig) {
	p.Endpoints++
	p.Unknown = p.Unknown || setsInterval(relabelings)
	if interval == "" {
		p.Default = true
		return
	}
	d, err := model.ParseDuration(string(interval))
	switch {
	case err != nil:
		p.Unknown = true
	case d == 0:
		p.Default = true
	case p.Shortest == 0 || time.Duration(d) < p.Shortest:
		p.Shortest = time.Duration(d)
	}
}

func setsInterval(relabelings []monitoringv1.RelabelConfig) bool {
	return slices.ContainsFunc(relabelings, func(r monitoringv1.RelabelConfig) bool { return relabeling.MaySet(&r, model.ScrapeIntervalLabel) })
}
