// Package probe reads Probe objects for the checks that all monitor kinds share.
package probe

import (
	"context"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/monitor"
)

// Kind is Probe with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ProbesKind), read, monitor.Checks())
}

func read(_ context.Context, p *monitoringv1.Probe, _ validation.Snapshot) (*monitor.Object, error) {
	o := &monitor.Object{Raw: p}
	spec := monitor.Place{Path: field.NewPath("spec")}
	o.SetScrapeClass(spec, p.Spec.ScrapeClassName)
	s := scrape(spec, &p.Spec)
	if ingress := p.Spec.Targets.Ingress; ingress != nil && p.Spec.Targets.StaticConfig == nil {
		at := spec.At("targets", "ingress")
		o.Selectors = []monitor.Selector{{Place: at.At("selector"), LabelSelector: ingress.Selector}}
		s.Relabelings = at.Relabelings("relabelingConfigs", ingress.RelabelConfigs)
	}
	o.AddDurations(s.Interval, s.Timeout)
	o.Scrapes = []monitor.Scrape{s}
	return o, nil
}

func scrape(spec monitor.Place, p *monitoringv1.ProbeSpec) monitor.Scrape {
	prober := spec.At("prober")
	s := monitor.Scrape{
		Place:    spec,
		Interval: spec.Text("interval", string(p.Interval)), Timeout: spec.Text("scrapeTimeout", string(p.ScrapeTimeout)),
		MetricsPath: prober.Text("path", p.ProberSpec.Path), Scheme: p.ProberSpec.Scheme,
		Params:            monitor.Params{Place: spec.At("params"), Values: params(p)},
		MetricRelabelings: spec.MetricRelabelings(p.MetricRelabelConfigs),
		Client: monitor.Client{
			Place: spec, HTTPConfigWithoutTLS: p.HTTPConfigWithoutTLS, TLS: monitor.SafeTLS(p.TLSConfig),
			Proxy: p.ProberSpec.ProxyConfig, ProxyPlace: prober,
		},
	}
	// HTTPConfig has an authorization of its own, which the one of the spec hides.
	s.Client.Authorization = p.Authorization
	if static := p.Targets.StaticConfig; static != nil {
		s.Relabelings = spec.At("targets", "staticConfig").Relabelings("relabelingConfigs", static.RelabelConfigs)
	}
	return s
}

func params(p *monitoringv1.ProbeSpec) map[string][]string {
	values := map[string][]string{}
	for _, param := range p.Params {
		values[param.Name] = param.Values
	}
	return values
}
