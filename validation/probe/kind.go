// Package probe reads Probe objects for the checks that all monitor kinds share.
package probe

import (
	"context"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/monitor"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/relabel"
)

// Kind returns Probe with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ProbesKind), readProbe, monitor.Checks())
}

func readProbe(_ context.Context, p *monitoringv1.Probe, snapshot validation.Snapshot) (*monitor.Object, error) {
	o := &monitor.Object{Raw: p}
	spec := validation.Place{Path: fieldpath.New("spec")}
	o.SetScrapeClass(spec, p.Spec.ScrapeClassName)
	o.Bounds = boundsOf(spec, &p.Spec)
	s := newScrape(spec, p.Namespace, &p.Spec)
	if ingress := p.Spec.Targets.Ingress; ingress != nil && p.Spec.Targets.StaticConfig == nil {
		at := spec.At("targets", "ingress")
		o.Selectors = []part.LabelSelector{{Place: at.At("selector"), LabelSelector: ingress.Selector, Lenient: true}}
		s.Relabelings = relabel.TargetRelabelings(at.At("relabelingConfigs"), ingress.RelabelConfigs)
	}
	s.Relabelings.Before = writtenBefore(p)
	s = s.WithOrigin(originOf(p, s.Static), monitor.ClassOf(p.Spec.ScrapeClassName, snapshot.Prometheus))
	o.Probe = &monitor.Probe{Place: spec, ProbeSpec: &p.Spec}
	o.AddScrape(s)
	return o, nil
}

// originOf returns what is known about the targets.
func originOf(p *monitoringv1.Probe, targets []monitor.Static) relabel.Origin {
	origin := relabel.Origin{Kind: monitoringv1.ProbesKind}
	switch static, ingress := p.Spec.Targets.StaticConfig, p.Spec.Targets.Ingress; {
	case static != nil:
		known := monitor.Known{}
		known.Static(targets)
		origin.Sources, origin.Values = []relabel.Source{{Role: relabel.RoleStatic, Labels: static.Labels}}, known
	case ingress != nil:
		known := monitor.Known{}
		known.Namespaces(ingress.NamespaceSelector, p.Namespace)
		known.Selector("ingress", ingress.Selector, nil)
		origin.Sources, origin.Values = []relabel.Source{{Role: relabel.RoleIngress}}, known
	}
	return origin
}

// writtenBefore returns the relabelings by which prometheus-operator v0.93.0 directs the scrape of
// static targets to the prober.
func writtenBefore(p *monitoringv1.Probe) []monitoringv1.RelabelConfig {
	if p.Spec.Targets.StaticConfig == nil {
		return nil
	}
	list := []monitoringv1.RelabelConfig{monitor.RememberJobName()}
	if p.Spec.JobName != "" {
		list = append(list, monitor.SetLabel("job", p.Spec.JobName))
	}
	return append(list,
		monitoringv1.RelabelConfig{SourceLabels: []monitoringv1.LabelName{"__address__"}, TargetLabel: "__param_target"},
		monitoringv1.RelabelConfig{SourceLabels: []monitoringv1.LabelName{"__param_target"}, TargetLabel: "instance"},
		monitor.SetLabel("__address__", p.Spec.ProberSpec.URL))
}

func newScrape(spec validation.Place, namespace string, p *monitoringv1.ProbeSpec) monitor.Scrape {
	prober := spec.At("prober")
	s := monitor.Scrape{
		Place:    spec,
		Interval: spec.Text("interval", string(p.Interval)), Timeout: spec.Text("scrapeTimeout", string(p.ScrapeTimeout)),
		MetricsPath: prober.Text("path", p.ProberSpec.Path), Scheme: p.ProberSpec.Scheme,
		Params:            probeParams(spec.At("params"), p),
		MetricRelabelings: relabel.MetricRelabelings(spec.At("metricRelabelings"), p.MetricRelabelConfigs),
		Client: client.Client{
			Place: spec, HTTPConfigWithoutTLS: p.HTTPConfigWithoutTLS, TLS: client.SafeTLS(p.TLSConfig),
			Proxy: p.ProberSpec.ProxyConfig, ProxyPlace: prober,
		},
	}
	// HTTPConfig has an authorization too, which that of the spec hides.
	s.Client.Authorization = p.Authorization
	if static := p.Targets.StaticConfig; static != nil {
		at := spec.At("targets", "staticConfig")
		s.Relabelings = relabel.TargetRelabelings(at.At("relabelingConfigs"), static.RelabelConfigs)
		s.Static = []monitor.Static{{
			Place: at.At("static"), Targets: static.Targets, Probed: true,
			Labels: monitor.Labels{Place: at.At("labels"), Values: static.Labels}, Namespace: namespace,
		}}
	}
	return s
}

// probeParams omits a module if the spec names one already, which the operator uses instead.
func probeParams(at validation.Place, p *monitoringv1.ProbeSpec) monitor.Params {
	params := monitor.Params{Place: at, Values: map[string][]string{}}
	for i, param := range p.Params {
		if param.Name == "module" && p.Module != "" {
			continue
		}
		params.Values[param.Name] = param.Values
		params.Names = append(params.Names, monitor.Param{Place: at.Index(i).At("name"), Name: param.Name, Values: param.Values})
	}
	return params
}

func boundsOf(spec validation.Place, s *monitoringv1.ProbeSpec) monitor.Bounds {
	return monitor.Bounds{
		Place:       spec,
		SampleLimit: s.SampleLimit, TargetLimit: s.TargetLimit, LabelLimit: s.LabelLimit,
		LabelNameLengthLimit: s.LabelNameLengthLimit, LabelValueLengthLimit: s.LabelValueLengthLimit,
		KeepDroppedTargets: s.KeepDroppedTargets, BucketLimit: s.NativeHistogramBucketLimit,
		Protocols: s.ScrapeProtocols, Fallback: s.FallbackScrapeProtocol,
	}
}
