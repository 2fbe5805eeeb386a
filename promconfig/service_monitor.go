package promconfig

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// ServiceMonitor renders a job for each endpoint.
func (g *Generator) ServiceMonitor(m *monitoringv1.ServiceMonitor) Part {
	w := g.writer(m.ObjectMeta)
	part := w.part(monitoringv1.ServiceMonitorsKind)
	class := w.class(m.Spec.ScrapeClassName)
	byRole := w.byRole(m.Spec.Selector, m.Spec.SelectorMechanism)
	for i := range m.Spec.Endpoints {
		name := jobName("serviceMonitor", m.ObjectMeta, i)
		s := w.job(name, at("spec.endpoints", i))
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
	s.honorTimestamps(e.HonorTimestamps)
	s.setSince("2.48.0", "track_timestamps_staleness", "trackTimestampsStaleness", e.TrackTimestampsStaleness)

	role := g.endpointRole(m.Spec.ServiceDiscoveryRole)
	sd := kubernetesSD{
		role: role, namespaces: m.Spec.NamespaceSelector, own: m.Namespace, namespacesField: "spec.namespaceSelector",
		attach: g.attachForTopology(attachMetadataOf(m.Spec.AttachMetadata, class)), attachSince: "2.37.0",
	}
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
	s.setSince("2.26.0", "follow_redirects", "followRedirects", e.FollowRedirects)
	s.setSince("2.35.0", "enable_http2", "enableHttp2", e.EnableHTTP2)
	s.proxy(self, e.ProxyConfig)
	s.oauth2(self, e.OAuth2)
	s.tlsOf("tlsConfig", e.TLSConfig, class)
	s.set("bearer_token_file", "bearerTokenFile", e.BearerTokenFile) //nolint:staticcheck // deprecated, and in use
	s.bearerToken(self, "bearerTokenSecret", e.BearerTokenSecret)    //nolint:staticcheck // deprecated, and in use
	s.basicAuth(self, e.BasicAuth)
	s.authorizationOf(e.Authorization, class)

	s.serviceMonitorRelabelings(m, e, class, role, byRole)

	spec := s.of("spec")
	spec.bounds(limits{m.Spec.SampleLimit, m.Spec.TargetLimit, m.Spec.LabelLimit, m.Spec.LabelNameLengthLimit, m.Spec.LabelValueLengthLimit, m.Spec.KeepDroppedTargets},
		m.Spec.NativeHistogramConfig, m.Spec.ScrapeProtocols, fallbackProtocolOf(m.Spec.FallbackScrapeProtocol, class), m.Spec.BodySizeLimit)
	s.take(spec)
	s.metricRelabelings(monitoringv1.ServiceMonitorsKind, class, e.MetricRelabelConfigs)
}

func (s *section) serviceMonitorRelabelings(m *monitoringv1.ServiceMonitor, e *monitoringv1.Endpoint, class scrapeClass, role string, byRole bool) {
	r := s.relabeler("relabel_configs")
	r.rememberJobName()
	if !byRole {
		r.selectBy("service", "spec.selector", m.Spec.Selector)
	}

	meta := "__meta_kubernetes_endpoint_"
	if role == roleEndpointSlice {
		meta = "__meta_kubernetes_endpointslice_"
	}
	switch {
	case e.Port != "":
		r.add(join(s.field, "port"), action("keep"), source(meta+"port_name"), regex(e.Port))
	case e.TargetPort != nil:
		r.containerPort(join(s.field, "targetPort"), e.TargetPort.StrVal, e.TargetPort.IntVal)
	}

	pointsAt := source(meta+"address_target_kind", meta+"address_target_name")
	r.add("", pointsAt, separator(";"), regex("Node;(.*)"), replacement("${1}"), target("node"))
	r.add("", pointsAt, separator(";"), regex("Pod;(.*)"), replacement("${1}"), target("pod"))
	r.add("", source("__meta_kubernetes_namespace"), target("namespace"))
	r.add("", source("__meta_kubernetes_service_name"), target("service"))
	r.add("", source("__meta_kubernetes_pod_name"), target("pod"))
	r.add("", source("__meta_kubernetes_pod_container_name"), target("container"))
	if e.FilterRunning == nil || *e.FilterRunning {
		r.dropFinishedPods(join(s.field, "filterRunning"))
	}
	r.copyLabels("service", "spec.targetLabels", m.Spec.TargetLabels)
	r.copyLabels("pod", "spec.podTargetLabels", m.Spec.PodTargetLabels)
	r.copyLabels("pod", prometheusField+"spec.podTargetLabels", s.w.g.spec.PodTargetLabels)
	r.add("", source("__meta_kubernetes_service_name"), target("job"), replacement("${1}"))
	r.jobFrom("service", "spec.jobLabel", m.Spec.JobLabel)
	switch {
	case e.Port != "":
		r.add(join(s.field, "port"), target("endpoint"), replacement(e.Port))
	case e.TargetPort != nil && e.TargetPort.String() != "":
		r.add(join(s.field, "targetPort"), target("endpoint"), replacement(e.TargetPort.String()))
	}
	r.addAll(class.field("relabelings"), class.Relabelings)
	r.addAll(join(s.field, "relabelings"), e.RelabelConfigs)
	r.enforceNamespace(monitoringv1.ServiceMonitorsKind)
	r.shard("__address__")
	r.write()
}

// containerPort keeps the targets of one port of the pod's.
func (r *relabeler) containerPort(field, name string, number int32) {
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

// denyFiles rejects an endpoint that reads files of Prometheus' own, where the
// Prometheus forbids that.
func (w *writer) denyFiles(field string, e *monitoringv1.Endpoint) {
	if !w.g.spec.ArbitraryFSAccessThroughSMs.Deny {
		return
	}
	deny := func(name, value string) {
		if value != "" {
			w.rejectf(join(field, name), "Prometheus %s/%s forbids ServiceMonitors to read files of its own (arbitraryFSAccessThroughSMs)", w.g.object.Namespace, w.g.object.Name)
		}
	}
	deny("bearerTokenFile", e.BearerTokenFile) //nolint:staticcheck // deprecated, and in use
	if t := e.TLSConfig; t != nil {
		deny("tlsConfig.caFile", t.CAFile)
		deny("tlsConfig.certFile", t.CertFile)
		deny("tlsConfig.keyFile", t.KeyFile)
	}
}
