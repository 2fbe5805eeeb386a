// Package scrapeconfig reads ScrapeConfig objects for the checks that all monitor
// kinds share.
package scrapeconfig

import (
	"context"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/monitor"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/relabel"
)

// Kind returns ScrapeConfig with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.ScrapeConfigsKind), readScrapeConfig, monitor.Checks())
}

func readScrapeConfig(_ context.Context, c *monitoringv1alpha1.ScrapeConfig, snapshot validation.Snapshot) (*monitor.Object, error) {
	o := &monitor.Object{Raw: c}
	spec := validation.Place{Path: fieldpath.New("spec")}
	o.SetScrapeClass(spec, c.Spec.ScrapeClassName)
	o.Bounds = boundsOf(spec, &c.Spec)
	o.NameSchemes = monitor.NameSchemes{
		Validation: validation.OptionalText(spec, "nameValidationScheme", c.Spec.NameValidationScheme),
		Escaping:   validation.OptionalText(spec, "nameEscapingScheme", c.Spec.NameEscapingScheme),
	}
	s := newScrape(spec, &c.Spec)
	s.Relabelings.Names, s.MetricRelabelings.Names = c.Spec.NameValidationScheme, c.Spec.NameValidationScheme
	addDiscoveries(&s, spec, &c.Spec)
	s.Static = staticTargets(spec, &c.Spec)
	s.Relabelings.Before = []monitoringv1.RelabelConfig{monitor.RememberJobName()}
	if c.Spec.JobName != nil {
		s.Relabelings.Between = []monitoringv1.RelabelConfig{monitor.SetLabel("job", *c.Spec.JobName)}
	}
	s = s.WithOrigin(originOf(&s, &c.Spec), monitor.ClassOf(c.Spec.ScrapeClassName, snapshot.Prometheus))
	o.AddScrape(s)
	return o, nil
}

// originOf returns what is known about the targets: nothing if a discovery other than Kubernetes'
// may give any label.
func originOf(s *monitor.Scrape, c *monitoringv1alpha1.ScrapeConfigSpec) relabel.Origin {
	origin := relabel.Origin{Kind: monitoringv1alpha1.ScrapeConfigsKind}
	if len(s.Discoveries) > len(c.KubernetesSDConfigs) {
		return origin
	}
	for _, d := range c.KubernetesSDConfigs {
		nodes := d.AttachMetadata != nil && d.AttachMetadata.Node != nil && *d.AttachMetadata.Node
		origin.Sources = append(origin.Sources, relabel.Source{Role: strings.ToLower(string(d.Role)), Nodes: nodes})
	}
	for _, static := range c.StaticConfigs {
		origin.Sources = append(origin.Sources, relabel.Source{Role: relabel.RoleStatic, Labels: static.Labels})
	}
	if len(origin.Sources) == len(c.StaticConfigs) {
		known := monitor.Known{}
		known.Static(s.Static)
		origin.Values = known
	}
	return origin
}

func newScrape(spec validation.Place, c *monitoringv1alpha1.ScrapeConfigSpec) monitor.Scrape {
	return monitor.Scrape{
		Place:       spec,
		HonorLabels: c.HonorLabels != nil && *c.HonorLabels, HonorTimestamps: c.HonorTimestamps,
		Interval:    validation.OptionalText(spec, "scrapeInterval", c.ScrapeInterval),
		Timeout:     validation.OptionalText(spec, "scrapeTimeout", c.ScrapeTimeout),
		MetricsPath: validation.OptionalText(spec, "metricsPath", c.MetricsPath),
		Params:      monitor.MapParams(spec.At("params"), c.Params), Scheme: c.Scheme,
		Relabelings: relabel.TargetRelabelings(spec.At("relabelings"), c.RelabelConfigs), MetricRelabelings: relabel.MetricRelabelings(spec.At("metricRelabelings"), c.MetricRelabelConfigs),
		Client: client.Client{
			Place:                spec,
			HTTPConfigWithoutTLS: monitoringv1.HTTPConfigWithoutTLS{Authorization: c.Authorization, BasicAuth: c.BasicAuth, OAuth2: c.OAuth2},
			TLS:                  client.SafeTLS(c.TLSConfig), Proxy: c.ProxyConfig, ProxyPlace: spec,
		},
	}
}

func boundsOf(spec validation.Place, s *monitoringv1alpha1.ScrapeConfigSpec) monitor.Bounds {
	return monitor.Bounds{
		Place:       spec,
		SampleLimit: s.SampleLimit, TargetLimit: s.TargetLimit, LabelLimit: s.LabelLimit,
		LabelNameLengthLimit: s.LabelNameLengthLimit, LabelValueLengthLimit: s.LabelValueLengthLimit,
		KeepDroppedTargets: s.KeepDroppedTargets, BucketLimit: s.NativeHistogramBucketLimit,
		BodySize: s.BodySizeLimit, Protocols: s.ScrapeProtocols, Fallback: s.FallbackScrapeProtocol,
	}
}
