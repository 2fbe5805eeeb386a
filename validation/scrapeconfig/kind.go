// Package scrapeconfig reads ScrapeConfig objects for the checks that all monitor
// kinds share.
package scrapeconfig

import (
	"context"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/monitor"
)

// Kind is ScrapeConfig with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.ScrapeConfigsKind), read, monitor.Checks())
}

func read(_ context.Context, c *monitoringv1alpha1.ScrapeConfig, _ validation.Snapshot) (*monitor.Object, error) {
	o := &monitor.Object{Raw: c}
	spec := monitor.Place{Path: field.NewPath("spec")}
	o.SetScrapeClass(spec, c.Spec.ScrapeClassName)
	o.Bounds = bounds(spec, &c.Spec)
	o.NameSchemes = monitor.NameSchemes{
		Validation: monitor.Optional(spec, "nameValidationScheme", c.Spec.NameValidationScheme),
		Escaping:   monitor.Optional(spec, "nameEscapingScheme", c.Spec.NameEscapingScheme),
	}
	s := scrape(spec, &c.Spec)
	s.Relabelings.Names, s.MetricRelabelings.Names = c.Spec.NameValidationScheme, c.Spec.NameValidationScheme
	s.Discoveries = discoveries(spec, &c.Spec)
	s.Static = static(spec, &c.Spec)
	o.AddScrape(s)
	return o, nil
}

func scrape(spec monitor.Place, c *monitoringv1alpha1.ScrapeConfigSpec) monitor.Scrape {
	return monitor.Scrape{
		Place:       spec,
		Interval:    monitor.Optional(spec, "scrapeInterval", c.ScrapeInterval),
		Timeout:     monitor.Optional(spec, "scrapeTimeout", c.ScrapeTimeout),
		MetricsPath: monitor.Optional(spec, "metricsPath", c.MetricsPath),
		Params:      spec.Params(c.Params), Scheme: c.Scheme,
		Relabelings: spec.Relabelings("relabelings", c.RelabelConfigs), MetricRelabelings: spec.MetricRelabelings(c.MetricRelabelConfigs),
		Client: monitor.Client{
			Place:                spec,
			HTTPConfigWithoutTLS: monitoringv1.HTTPConfigWithoutTLS{Authorization: c.Authorization, BasicAuth: c.BasicAuth, OAuth2: c.OAuth2},
			TLS:                  monitor.SafeTLS(c.TLSConfig), Proxy: c.ProxyConfig, ProxyPlace: spec,
		},
	}
}

func bounds(spec monitor.Place, s *monitoringv1alpha1.ScrapeConfigSpec) monitor.Bounds {
	return monitor.Bounds{
		Place:       spec,
		SampleLimit: s.SampleLimit, TargetLimit: s.TargetLimit, LabelLimit: s.LabelLimit,
		LabelNameLengthLimit: s.LabelNameLengthLimit, LabelValueLengthLimit: s.LabelValueLengthLimit,
		KeepDroppedTargets: s.KeepDroppedTargets, BucketLimit: s.NativeHistogramBucketLimit,
		BodySize: s.BodySizeLimit, Protocols: s.ScrapeProtocols, Fallback: s.FallbackScrapeProtocol,
	}
}
