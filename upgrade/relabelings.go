package upgrade

import (
	"context"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// relabelings are the relabelings of an object, for one Prometheus.
type relabelings struct {
	step

	// ofSamples see what is scraped: the metric relabelings of monitors and scrape classes, and those of remote
	// writes.
	ofSamples, ofTargets []relabeling
	// targets are static targets.
	targets []validation.Text
}

// A relabeling has the defaults of Prometheus, except for the regular expression, which is empty if it is omitted.
type relabeling struct {
	validation.Place

	SourceLabels     []string
	Separator, Regex string
}

func relabelingsIn(at validation.Place, list []monitoringv1.RelabelConfig) []relabeling {
	var all []relabeling
	for i, c := range list {
		r := relabeling{Place: at.Index(i), Separator: ";", Regex: c.Regex}
		if c.Separator != nil {
			r.Separator = *c.Separator
		}
		for _, name := range c.SourceLabels {
			r.SourceLabels = append(r.SourceLabels, string(name))
		}
		all = append(all, r)
	}
	return all
}

// addSamples adds relabelings of samples.
func (r *relabelings) addSamples(at validation.Place, list []monitoringv1.RelabelConfig) {
	r.ofSamples = append(r.ofSamples, relabelingsIn(at, list)...)
}

func (r *relabelings) addTargets(at validation.Place, list []monitoringv1.RelabelConfig) {
	r.ofTargets = append(r.ofTargets, relabelingsIn(at, list)...)
}

// spec is the place of an object's spec.
var spec = validation.Place{Path: fieldpath.New("spec")}

// A gatherer adds what an object has.
type gatherer[O any] func(object *O, all *relabelings)

// newRelabelings lists the relabelings of a monitor.
func newRelabelings[O any](to semver.Version, gather gatherer[O]) func(context.Context, *O, validation.Snapshot) (*relabelings, error) {
	return func(_ context.Context, object *O, s validation.Snapshot) (*relabelings, error) {
		all := &relabelings{step: stepOf(s.Prometheus, to)}
		gather(object, all)
		return all, nil
	}
}

func ofServiceMonitor(m *monitoringv1.ServiceMonitor, all *relabelings) {
	for i, e := range m.Spec.Endpoints {
		at := spec.At("endpoints").Index(i)
		all.addTargets(at.At("relabelings"), e.RelabelConfigs)
		all.addSamples(at.At("metricRelabelings"), e.MetricRelabelConfigs)
	}
}

func ofPodMonitor(m *monitoringv1.PodMonitor, all *relabelings) {
	for i, e := range m.Spec.PodMetricsEndpoints {
		at := spec.At("podMetricsEndpoints").Index(i)
		all.addTargets(at.At("relabelings"), e.RelabelConfigs)
		all.addSamples(at.At("metricRelabelings"), e.MetricRelabelConfigs)
	}
}

func ofProbe(p *monitoringv1.Probe, all *relabelings) {
	all.addSamples(spec.At("metricRelabelings"), p.Spec.MetricRelabelConfigs)
	if static := p.Spec.Targets.StaticConfig; static != nil {
		all.addTargets(spec.At("targets", "staticConfig", "relabelingConfigs"), static.RelabelConfigs)
	}
	if ingress := p.Spec.Targets.Ingress; ingress != nil {
		all.addTargets(spec.At("targets", "ingress", "relabelingConfigs"), ingress.RelabelConfigs)
	}
}

func ofScrapeConfig(c *monitoringv1alpha1.ScrapeConfig, all *relabelings) {
	all.addTargets(spec.At("relabelings"), c.Spec.RelabelConfigs)
	all.addSamples(spec.At("metricRelabelings"), c.Spec.MetricRelabelConfigs)
	for i, static := range c.Spec.StaticConfigs {
		at := spec.At("staticConfigs").Index(i).At("targets")
		for j, target := range static.Targets {
			all.targets = append(all.targets, validation.Text{Place: at.Index(j), Value: string(target)})
		}
	}
}
