package promconfig

import (
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"go.yaml.in/yaml/v2"

	"github.com/promgate/promgate/internal/since"
)

// ScrapeConfig renders one job.
func (g *Generator) ScrapeConfig(c *monitoringv1alpha1.ScrapeConfig) Part {
	w := g.writer(c.ObjectMeta)
	part := w.part(monitoringv1alpha1.ScrapeConfigsKind)
	class := w.class(c.Spec.ScrapeClassName)

	name := jobName("scrapeConfig", c.ObjectMeta, -1)
	s := w.job(name, specPath)
	s.scrapeConfig(&c.Spec, class)
	part.addJob(name, s)
	return part.finish(w, &c.Spec)
}

func (s *section) scrapeConfig(c *monitoringv1alpha1.ScrapeConfigSpec, class scrapeClass) {
	self := s.w.self()
	if c.HonorTimestamps != nil {
		s.honorTimestamps(c.HonorTimestamps, "honorTimestamps")
	}
	s.setSince(since.TrackTimestampsStaleness, "track_timestamps_staleness", "trackTimestampsStaleness", c.TrackTimestampsStaleness)
	if c.HonorLabels != nil {
		s.honorLabels(*c.HonorLabels)
	}
	s.set("metrics_path", "metricsPath", c.MetricsPath)
	if len(c.Params) > 0 {
		s.put("params", "params", sorted(c.Params))
	}
	s.setSince(since.EnableCompression, "enable_compression", "enableCompression", c.EnableCompression)
	s.setSince(since.EnableHTTP2, "enable_http2", "enableHTTP2", c.EnableHTTP2)
	s.set("scrape_interval", "scrapeInterval", c.ScrapeInterval)
	s.set("scrape_timeout", "scrapeTimeout", c.ScrapeTimeout)
	s.protocols(c.ScrapeProtocols)
	s.fallbackProtocol(c.FallbackScrapeProtocol, class)
	s.scheme(c.Scheme)
	s.proxy(self, c.ProxyConfig)
	s.basicAuth(self, c.BasicAuth)
	s.authorizationOf(c.Authorization, class)
	s.oauth2(self, c.OAuth2)
	s.safeTLSOf("tlsConfig", c.TLSConfig, class)
	s.limits(limits{c.SampleLimit, c.TargetLimit, c.LabelLimit, c.LabelNameLengthLimit, c.LabelValueLengthLimit, c.KeepDroppedTargets})
	s.nativeHistograms(c.NativeHistogramConfig)
	s.bodySizeLimit(c.BodySizeLimit)

	s.discoveries(c)
	s.cloudDiscoveries(c)

	s.scrapeConfigRelabelings(c, class)
	s.metricRelabelings(monitoringv1alpha1.ScrapeConfigsKind, class, c.MetricRelabelConfigs)
	s.nameValidation(c.NameValidationScheme)
	s.nameEscaping(c.NameEscapingScheme)
}

// scrapeConfigRelabelings enforces the namespace only if the object has relabelings, as the
// operator does: the enforced metric relabeling overrides what the object can set without
// them.
func (s *section) scrapeConfigRelabelings(c *monitoringv1alpha1.ScrapeConfigSpec, class scrapeClass) {
	r := s.relabeler("relabel_configs")
	r.rememberJobName()
	r.addAll(class.field("relabelings"), class.Relabelings)
	if c.JobName != nil {
		r.add(specPath.Field("jobName"), target("job"), action("replace"), replacement(*c.JobName))
	}
	if len(c.RelabelConfigs) > 0 {
		r.addAll(specPath.Field("relabelings"), c.RelabelConfigs)
		r.enforceNamespace(monitoringv1alpha1.ScrapeConfigsKind)
	}
	r.shardUnlessHashed()
	r.write()
}

// discover writes the entries of a list, such as those of a kind of discovery.
func discover[T any](s *section, key, field string, configs []T, write func(*section, *T)) {
	if len(configs) == 0 {
		return
	}
	var list []yaml.MapSlice
	for i := range configs {
		sd := s.entry(key, i, field, i)
		s.source(sd.key, sd.field)
		write(sd, &configs[i])
		list = append(list, sd.fields)
	}
	s.fields = append(s.fields, yaml.MapItem{Key: key, Value: list})
	s.source(s.key.Field(key), s.field.Field(field))
}
