package promconfig

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/since"
)

// PodMonitor renders a job for each endpoint.
func (g *Generator) PodMonitor(m *monitoringv1.PodMonitor) Part {
	w := g.writer(m.ObjectMeta)
	part := w.part(monitoringv1.PodMonitorsKind)
	class := w.class(m.Spec.ScrapeClassName)
	byRole := w.byRole(m.Spec.Selector, m.Spec.SelectorMechanism)
	for i := range m.Spec.PodMetricsEndpoints {
		name := jobName("podMonitor", m.ObjectMeta, i)
		s := w.job(name, specPath.Field("podMetricsEndpoints").Index(i))
		s.podMonitor(m, &m.Spec.PodMetricsEndpoints[i], class, byRole)
		part.addJob(name, s)
	}
	return part.finish(w, &m.Spec)
}

func (s *section) podMonitor(m *monitoringv1.PodMonitor, e *monitoringv1.PodMetricsEndpoint, class scrapeClass, byRole bool) {
	g, self := s.w.g, s.w.self()
	s.exclusive(e.HTTPConfigWithoutTLS)

	s.honorLabels(e.HonorLabels)
	s.honorTimestamps(e.HonorTimestamps, "honorTimestamps")
	s.setSince(since.TrackTimestampsStaleness, "track_timestamps_staleness", "trackTimestampsStaleness", e.TrackTimestampsStaleness)

	sd := kubernetesSD{
		role: rolePod, namespaces: m.Spec.NamespaceSelector, own: m.Namespace, namespacesField: specPath.Field("namespaceSelector"),
	}
	sd.attach(g, m.Spec.AttachMetadata, class, since.PodAttachMetadata)
	if byRole {
		sd.selector, sd.roles = &m.Spec.Selector, []string{rolePod}
	}
	s.kubernetesSD(sd)

	s.set("scrape_interval", "interval", e.Interval)
	s.set("scrape_timeout", "scrapeTimeout", e.ScrapeTimeout)
	s.set("metrics_path", "path", e.Path)
	if e.Params != nil {
		s.put("params", "params", e.Params)
	}
	s.scheme(e.Scheme)
	s.setSince(since.FollowRedirects, "follow_redirects", "followRedirects", e.FollowRedirects)
	s.setSince(since.EnableHTTP2, "enable_http2", "enableHttp2", e.EnableHTTP2)
	s.safeTLSOf("tlsConfig", e.TLSConfig, class)
	if ref := e.BearerTokenSecret; ref != nil && ref.Key != "" { //nolint:staticcheck // deprecated, and in use
		s.bearerToken(self, "bearerTokenSecret", ref)
	}
	s.basicAuth(self, e.BasicAuth)
	s.oauth2(self, e.OAuth2)
	s.proxy(self, e.ProxyConfig)
	s.authorizationOf(e.Authorization, class)

	s.podMonitorRelabelings(m, e, class, byRole)

	spec := s.of(specPath)
	spec.bounds(limits{m.Spec.SampleLimit, m.Spec.TargetLimit, m.Spec.LabelLimit, m.Spec.LabelNameLengthLimit, m.Spec.LabelValueLengthLimit, m.Spec.KeepDroppedTargets},
		m.Spec.NativeHistogramConfig, m.Spec.ScrapeProtocols, m.Spec.FallbackScrapeProtocol, class, m.Spec.BodySizeLimit)
	s.take(spec)
	s.metricRelabelings(monitoringv1.PodMonitorsKind, class, e.MetricRelabelConfigs)
}

func (s *section) podMonitorRelabelings(m *monitoringv1.PodMonitor, e *monitoringv1.PodMetricsEndpoint, class scrapeClass, byRole bool) {
	r := s.relabeler("relabel_configs")
	r.rememberJobName()
	if e.FilterRunning == nil || *e.FilterRunning {
		r.dropFinishedPods(s.field.Field("filterRunning"))
	}
	if !byRole {
		r.selectBy("pod", specPath.Field("selector"), m.Spec.Selector)
	}

	port := ""
	if e.Port != nil {
		port = *e.Port
	}
	old := e.TargetPort //nolint:staticcheck // deprecated, and in use
	switch {
	case port != "":
		r.containerPort(s.field.Field("port"), port, 0)
	case e.PortNumber != nil && *e.PortNumber != 0:
		r.containerPort(s.field.Field("portNumber"), "", *e.PortNumber)
	case old != nil:
		r.containerPort(s.field.Field("targetPort"), old.StrVal, old.IntVal)
	}

	r.add(ours, source("__meta_kubernetes_namespace"), target("namespace"))
	r.add(ours, source("__meta_kubernetes_pod_container_name"), target("container"))
	r.add(ours, source("__meta_kubernetes_pod_name"), target("pod"))
	r.copyLabels("pod", specPath.Field("podTargetLabels"), m.Spec.PodTargetLabels)
	r.copyLabels("pod", prometheusPath.Field("spec", "podTargetLabels"), s.w.g.spec.PodTargetLabels)
	r.add(ours, target("job"), replacement(m.Namespace+"/"+m.Name))
	r.jobFrom("pod", specPath.Field("jobLabel"), m.Spec.JobLabel)
	switch {
	case port != "":
		r.add(s.field.Field("port"), target("endpoint"), replacement(port))
	case old != nil && old.String() != "":
		r.add(s.field.Field("targetPort"), target("endpoint"), replacement(old.String()))
	}
	r.addAll(class.field("relabelings"), class.Relabelings)
	r.addAll(s.field.Field("relabelings"), e.RelabelConfigs)
	r.enforceNamespace(monitoringv1.PodMonitorsKind)
	if !s.w.g.daemonSet {
		r.shard("__address__")
	}
	r.write()
}
