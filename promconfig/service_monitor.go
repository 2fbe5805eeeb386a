package promconfig

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// ServiceMonitor renders a job for each endpoint.
func (g *Generator) ServiceMonitor(m *monitoringv1.ServiceMonitor) Part {
	w := g.writer(m.ObjectMeta)
	part := w.part(monitoringv1.ServiceMonitorsKind)
	class := w.class(m.Spec.ScrapeClassName)
	byRole := w.byRole(m.Spec.Selector, m.Spec.SelectorMechanism)
	if asked := m.Spec.ServiceDiscoveryRole; asked != nil && *asked == monitoringv1.EndpointSliceRole && !g.has(since.EndpointSliceRole) {
		w.ignoreSince(specPath.Field("serviceDiscoveryRole"), since.EndpointSliceRole)
	}
	for i := range m.Spec.Endpoints {
		name := jobName("serviceMonitor", m.ObjectMeta, i)
		s := w.job(name, specPath.Field("endpoints").Index(i))
		s.serviceMonitor(m, &m.Spec.Endpoints[i], class, byRole)
		part.addJob(name, s)
	}
	return part.finish(w, &m.Spec)
}

func (s *section) serviceMonitor(m *monitoringv1.ServiceMonitor, e *monitoringv1.Endpoint, class scrapeClass, byRole bool) {
	w, g, self := s.w, s.w.g, s.w.self()
	w.denyFiles(s.field, e)
	s.exclusive(e.HTTPConfigWithoutTLS)

	s.honorLabels(e.HonorLabels)
	s.honorTimestamps(e.HonorTimestamps, "honorTimestamps")
	s.setSince(since.TrackTimestampsStaleness, "track_timestamps_staleness", "trackTimestampsStaleness", e.TrackTimestampsStaleness)

	role := g.endpointRole(m.Spec.ServiceDiscoveryRole)
	sd := kubernetesSD{
		role: role, namespaces: m.Spec.NamespaceSelector, own: m.Namespace, namespacesField: specPath.Field("namespaceSelector"),
	}
	sd.attach(g, m.Spec.AttachMetadata, class, since.EndpointsAttachMetadata)
	if byRole {
		sd.selector, sd.roles = &m.Spec.Selector, []string{role, roleService}
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
	s.proxy(self, e.ProxyConfig)
	s.oauth2(self, e.OAuth2)
	s.tlsOf("tlsConfig", e.TLSConfig, class)
	s.set("bearer_token_file", "bearerTokenFile", e.BearerTokenFile) //nolint:staticcheck // deprecated, and in use
	s.bearerToken(self, "bearerTokenSecret", e.BearerTokenSecret)    //nolint:staticcheck // deprecated, and in use
	s.basicAuth(self, e.BasicAuth)
	s.authorizationOf(e.Authorization, class)

	s.serviceMonitorRelabelings(m, e, class, role, byRole)

	spec := s.of(specPath)
	spec.bounds(limits{m.Spec.SampleLimit, m.Spec.TargetLimit, m.Spec.LabelLimit, m.Spec.LabelNameLengthLimit, m.Spec.LabelValueLengthLimit, m.Spec.KeepDroppedTargets},
		m.Spec.NativeHistogramConfig, m.Spec.ScrapeProtocols, m.Spec.FallbackScrapeProtocol, class, m.Spec.BodySizeLimit)
	s.take(spec)
	s.metricRelabelings(monitoringv1.ServiceMonitorsKind, class, e.MetricRelabelConfigs)
}

func (s *section) serviceMonitorRelabelings(m *monitoringv1.ServiceMonitor, e *monitoringv1.Endpoint, class scrapeClass, role string, byRole bool) {
	r := s.relabeler("relabel_configs")
	r.rememberJobName()
	if !byRole {
		r.selectBy("service", specPath.Field("selector"), m.Spec.Selector)
	}

	meta := "__meta_kubernetes_endpoint_"
	if role == roleEndpointSlice {
		meta = "__meta_kubernetes_endpointslice_"
	}
	switch {
	case e.Port != "":
		r.add(s.field.Field("port"), action("keep"), source(meta+"port_name"), regex(e.Port))
	case e.TargetPort != nil:
		r.containerPort(s.field.Field("targetPort"), e.TargetPort.StrVal, e.TargetPort.IntVal)
	}

	pointsAt := source(meta+"address_target_kind", meta+"address_target_name")
	r.add(ours, pointsAt, separator(";"), regex("Node;(.*)"), replacement("${1}"), target("node"))
	r.add(ours, pointsAt, separator(";"), regex("Pod;(.*)"), replacement("${1}"), target("pod"))
	r.add(ours, source("__meta_kubernetes_namespace"), target("namespace"))
	r.add(ours, source("__meta_kubernetes_service_name"), target("service"))
	r.add(ours, source("__meta_kubernetes_pod_name"), target("pod"))
	r.add(ours, source("__meta_kubernetes_pod_container_name"), target("container"))
	if e.FilterRunning == nil || *e.FilterRunning {
		r.dropFinishedPods(s.field.Field("filterRunning"))
	}
	r.copyLabels("service", specPath.Field("targetLabels"), m.Spec.TargetLabels)
	r.copyLabels("pod", specPath.Field("podTargetLabels"), m.Spec.PodTargetLabels)
	r.copyLabels("pod", prometheusPath.Field("spec", "podTargetLabels"), s.w.g.spec.PodTargetLabels)
	r.add(ours, source("__meta_kubernetes_service_name"), target("job"), replacement("${1}"))
	r.jobFrom("service", specPath.Field("jobLabel"), m.Spec.JobLabel)
	switch {
	case e.Port != "":
		r.add(s.field.Field("port"), target("endpoint"), replacement(e.Port))
	case e.TargetPort != nil && e.TargetPort.String() != "":
		r.add(s.field.Field("targetPort"), target("endpoint"), replacement(e.TargetPort.String()))
	}
	r.addAll(class.field("relabelings"), class.Relabelings)
	r.addAll(s.field.Field("relabelings"), e.RelabelConfigs)
	r.enforceNamespace(monitoringv1.ServiceMonitorsKind)
	r.shard("__address__")
	r.write()
}

// containerPort keeps the targets at one port of the pod.
func (r *relabeler) containerPort(field fieldpath.Path, name string, number int32) {
	switch {
	case name != "":
		r.add(field, action("keep"), source("__meta_kubernetes_pod_container_port_name"), regex(name))
	case number != 0:
		r.add(field, action("keep"), source("__meta_kubernetes_pod_container_port_number"), regex(number))
	}
}

func (s *section) scheme(scheme *monitoringv1.Scheme) {
	if scheme != nil {
		s.put("scheme", "scheme", scheme.String())
	}
}

// denyFiles rejects an endpoint that reads files in the container of the Prometheus, if the
// Prometheus forbids that.
func (w *writer) denyFiles(field fieldpath.Path, e *monitoringv1.Endpoint) {
	if !w.g.spec.ArbitraryFSAccessThroughSMs.Deny {
		return
	}
	deny := func(value string, name ...string) {
		if value != "" {
			w.rejectf(field.Field(name...), "Prometheus %s/%s forbids ServiceMonitors to read files of its own (arbitraryFSAccessThroughSMs)", w.g.object.Namespace, w.g.object.Name)
		}
	}
	deny(e.BearerTokenFile, "bearerTokenFile") //nolint:staticcheck // deprecated, and in use
	if t := e.TLSConfig; t != nil {
		deny(t.CAFile, "tlsConfig", "caFile")
		deny(t.CertFile, "tlsConfig", "certFile")
		deny(t.KeyFile, "tlsConfig", "keyFile")
	}
}
