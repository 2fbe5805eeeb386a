package promconfig

import (
	"regexp"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"go.yaml.in/yaml/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/internal/since"
)

// alerting writes the Alertmanagers, and drops the label of the replica, so that they
// deduplicate the alerts of two replicas.
func (s *section) alerting() {
	server := s.w.g.server
	if server.Alerting == nil && server.AdditionalAlertRelabelConfigs == nil && server.AdditionalAlertManagerConfigs == nil {
		return
	}
	relabel := s.w.additional("additionalAlertRelabelConfigs", server.AdditionalAlertRelabelConfigs)
	managers := s.w.additional("additionalAlertManagerConfigs", server.AdditionalAlertManagerConfigs)

	var alertmanagers []yaml.MapSlice
	if server.Alerting != nil {
		alerting := s.in("alerting", "alerting")
		for i := range server.Alerting.Alertmanagers {
			a := alerting.entry("alertmanagers", i, "alertmanagers", i)
			a.alertmanager(&server.Alerting.Alertmanagers[i])
			alertmanagers = append(alertmanagers, a.fields)
		}
	}
	alertmanagers = append(alertmanagers, managers...)

	var rules []yaml.MapSlice
	if label := s.w.g.replicaLabel(); label != "" {
		rules = append(rules, yaml.MapSlice{action("labeldrop"), regex(regexp.QuoteMeta(label))})
	}
	rules = append(rules, relabel...)
	s.fields = append(s.fields, yaml.MapItem{Key: "alerting", Value: yaml.MapSlice{
		{Key: "alert_relabel_configs", Value: rules},
		{Key: "alertmanagers", Value: alertmanagers},
	}})
	s.source(fieldpath.New("alerting", "alert_relabel_configs"), specPath.Field("additionalAlertRelabelConfigs"))
	s.source(fieldpath.New("alerting", "alertmanagers"), specPath.Field("additionalAlertManagerConfigs"))
}

func (s *section) alertmanager(a *monitoringv1.AlertmanagerEndpoints) {
	w, self := s.w, s.w.self()
	s.atMostOne(way{"bearerTokenFile", a.BearerTokenFile != ""}, way{"basicAuth", a.BasicAuth != nil}, way{"authorization", a.Authorization != nil}, way{"sigv4", a.Sigv4 != nil}) //nolint:staticcheck // deprecated, and in use

	s.scheme(a.Scheme)
	s.set("path_prefix", "pathPrefix", a.PathPrefix)
	s.set("timeout", "timeout", a.Timeout)
	s.setSince(since.EnableHTTP2, "enable_http2", "enableHttp2", a.EnableHttp2)
	s.tls(self, a.TLSConfig)
	s.proxySettings(self, a.ProxyConfig)
	role := w.g.endpointRole(nil)
	s.kubernetesSD(kubernetesSD{role: role, own: orDefault(a.Namespace, w.g.object.Namespace), namespacesField: s.field.Field("namespace")})
	s.set("bearer_token_file", "bearerTokenFile", a.BearerTokenFile) //nolint:staticcheck // deprecated, and in use
	s.basicAuth(self, a.BasicAuth)
	s.safeAuthorization(self, a.Authorization)
	s.sigv4(since.AlertmanagerSigV4, a.Sigv4)
	if a.APIVersion != nil {
		version := monitoringv1.AlertmanagerAPIVersion(strings.ToUpper(string(*a.APIVersion)))
		if version == monitoringv1.AlertmanagerAPIVersion2 || version == monitoringv1.AlertmanagerAPIVersion1 && w.g.version.Major <= 2 {
			s.putSince(since.AlertmanagerAPIVersion, "api_version", "apiVersion", strings.ToLower(string(version)))
		} else {
			w.ignoref(s.field.Field("apiVersion"), "Prometheus %s does not know it", w.g.version)
		}
	}
	s.alertmanagerRelabelings(a, role)
	if len(a.AlertRelabelConfigs) > 0 && s.has(since.AlertmanagerRelabelings, "alertRelabelings") {
		s.relabelings("alert_relabel_configs", "alertRelabelings", a.AlertRelabelConfigs)
	}
}

func (s *section) alertmanagerRelabelings(a *monitoringv1.AlertmanagerEndpoints, role string) {
	r := s.relabeler("relabel_configs")
	r.add(s.field.Field("name"), action("keep"), source("__meta_kubernetes_service_name"), regex(a.Name))
	switch port := s.field.Field("port"); {
	case a.Port.StrVal != "" && role == roleEndpointSlice:
		r.add(port, action("keep"), source("__meta_kubernetes_endpointslice_port_name"), regex(a.Port.String()))
	case a.Port.StrVal != "":
		r.add(port, action("keep"), source("__meta_kubernetes_endpoint_port_name"), regex(a.Port.String()))
	case a.Port.IntVal != 0:
		r.add(port, action("keep"), source("__meta_kubernetes_pod_container_port_number"), regex(a.Port.String()))
	}
	r.addAll(s.field.Field("relabelings"), a.RelabelConfigs)
	r.write()
}

// additional reads a list of YAML mappings from a Secret in the namespace of the
// Prometheus.
func (w *writer) additional(name string, ref *corev1.SecretKeySelector) []yaml.MapSlice {
	if ref == nil {
		return nil
	}
	field := specPath.Field(name)
	content, found := w.g.assets.SecretKey(w.g.object.Namespace, ref.Name, ref.Key)
	if !found {
		if ref.Optional == nil || !*ref.Optional {
			w.rejectMissing(field, "Secret", w.g.object.Namespace, ref.Name, ref.Key)
		}
		return nil
	}
	if string(content) == Placeholder {
		return nil
	}
	var list []yaml.MapSlice
	if err := yaml.Unmarshal(content, &list); err != nil {
		w.rejectf(field, "Secret %s/%s, key %q is not a list of YAML mappings: %s", w.g.object.Namespace, ref.Name, ref.Key, err)
		return nil
	}
	return list
}

// additionalScrapeConfigs returns the scrape configurations that the user wrote by hand,
// sharded like all others.
func (w *writer) additionalScrapeConfigs() []yaml.MapSlice {
	const name = "additionalScrapeConfigs"
	list := w.additional(name, w.g.spec.AdditionalScrapeConfigs)
	if w.g.daemonSet || w.g.shards == 1 {
		return list
	}
	for i, config := range list {
		list[i] = w.shardAdditional(specPath.Field(name).Index(i), config)
	}
	return list
}

func (w *writer) shardAdditional(field fieldpath.Path, config yaml.MapSlice) yaml.MapSlice {
	var rest yaml.MapSlice
	r := (&section{w: w}).relabeler("relabel_configs")
	for _, item := range config {
		if item.Key != "relabel_configs" {
			rest = append(rest, item)
			continue
		}
		rules, ok := item.Value.([]any)
		if !ok && item.Value != nil {
			w.rejectf(field, "relabel_configs is not a list")
		}
		for _, entry := range rules {
			mapping, ok := entry.(yaml.MapSlice)
			if !ok {
				w.rejectf(field, "an entry of relabel_configs is not a mapping")
				continue
			}
			r.list = append(r.list, mapping)
		}
	}
	r.shardUnlessHashed()
	return append(rest, yaml.MapItem{Key: "relabel_configs", Value: r.list})
}
