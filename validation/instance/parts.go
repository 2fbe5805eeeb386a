package instance

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/relabel"
)

// addParts adds the parts that the kinds have in common with monitors. The operator does not read them if the user manages
// the configuration.
func (o *Object) addParts(object selection.Object) {
	switch p := object.(type) {
	case *monitoringv1.Prometheus:
		s := &p.Spec.CommonPrometheusFields
		o.addMounted(s)
		o.addWeb(s.Web)
		o.addSidecar(p.Spec.Thanos)
		if s.ServiceMonitorSelector == nil && s.PodMonitorSelector == nil && s.ProbeSelector == nil && s.ScrapeConfigSelector == nil {
			return
		}
		o.addCommon(s)
		o.addServer(&p.Spec)
	case *monitoringv1alpha1.PrometheusAgent:
		o.addMounted(&p.Spec.CommonPrometheusFields)
		o.addWeb(p.Spec.Web)
		o.addCommon(&p.Spec.CommonPrometheusFields)
	case *monitoringv1.ThanosRuler:
		o.addRuler(&p.Spec)
		o.addRemoteWrite(p.Spec.RemoteWrite)
	}
}

// addRuler adds what the operator mounts for a ThanosRuler. A file has precedence.
func (o *Object) addRuler(s *monitoringv1.ThanosRulerSpec) {
	if s.Web != nil {
		o.addWebServer(s.Web.WebConfigFileFields)
	}
	o.addSecret(specPlace.At("queryConfig"), s.QueryConfig)
	o.addSecret(specPlace.At("alertmanagersConfig"), s.AlertManagersConfig)
	if s.ObjectStorageConfigFile == nil {
		o.addSecret(specPlace.At("objectStorageConfig"), s.ObjectStorageConfig)
	}
	if s.TracingConfigFile == "" {
		o.addSecret(specPlace.At("tracingConfig"), s.TracingConfig)
	}
	if s.AlertRelabelConfigFile == nil {
		o.addSecret(specPlace.At("alertRelabelConfigs"), s.AlertRelabelConfigs)
	}
}

// addMounted adds the objects that the operator mounts as they are.
func (o *Object) addMounted(s *monitoringv1.CommonPrometheusFields) {
	var c client.Client
	for i, name := range s.Secrets {
		c.Mounted = append(c.Mounted, client.ObjectName{Place: specPlace.At("secrets").Index(i), Kind: "Secret", Name: name})
	}
	for i, name := range s.ConfigMaps {
		c.Mounted = append(c.Mounted, client.ObjectName{Place: specPlace.At("configMaps").Index(i), Kind: "ConfigMap", Name: name})
	}
	o.clients = append(o.clients, c)
}

func (o *Object) addWeb(w *monitoringv1.PrometheusWebSpec) {
	if w != nil {
		o.addWebServer(w.WebConfigFileFields)
	}
}

// addWebServer adds the certificates of the web server, which the operator mounts.
func (o *Object) addWebServer(w monitoringv1.WebConfigFileFields) {
	t := w.TLSConfig
	if t == nil {
		return
	}
	at := specPlace.At("web", "tlsConfig")
	o.addEither(at.At("cert"), t.Cert)
	o.addEither(at.At("client_ca"), t.ClientCA)
	if t.KeySecret != (corev1.SecretKeySelector{}) {
		o.addSecret(at.At("keySecret"), &t.KeySecret)
	}
}

// addSidecar adds what the operator passes to Thanos. It mounts no certificates for it.
func (o *Object) addSidecar(t *monitoringv1.ThanosSpec) {
	if t == nil {
		return
	}
	at := specPlace.At("thanos")
	if t.ObjectStorageConfigFile == nil {
		o.addSecret(at.At("objectStorageConfig"), t.ObjectStorageConfig)
	}
	if t.TracingConfigFile == "" {
		o.addSecret(at.At("tracingConfig"), t.TracingConfig)
	}
}

func (o *Object) addSecret(at validation.Place, ref *corev1.SecretKeySelector) {
	o.addReference(at, monitoringv1.SecretOrConfigMap{Secret: ref})
}

// addNeeded adds a reference of the spec that the operator does without if it is optional.
func (o *Object) addNeeded(field string, ref *corev1.SecretKeySelector) {
	if ref != nil && (ref.Optional == nil || !*ref.Optional) {
		o.addSecret(specPlace.At(field), ref)
	}
}

func (o *Object) addEither(at validation.Place, ref monitoringv1.SecretOrConfigMap) {
	o.addReference(at.At("secret"), monitoringv1.SecretOrConfigMap{Secret: ref.Secret})
	o.addReference(at.At("configMap"), monitoringv1.SecretOrConfigMap{ConfigMap: ref.ConfigMap})
}

func (o *Object) addReference(at validation.Place, ref monitoringv1.SecretOrConfigMap) {
	if ref.Secret != nil || ref.ConfigMap != nil {
		o.clients = append(o.clients, client.Client{More: []client.Reference{{Place: at, SecretOrConfigMap: ref}}})
	}
}

func (o *Object) addSigV4(at validation.Place, s *monitoringv1.Sigv4) {
	if s != nil {
		o.addSecret(at.At("sigv4", "accessKey"), s.AccessKey)
		o.addSecret(at.At("sigv4", "secretKey"), s.SecretKey)
	}
}

func (o *Object) addCommon(s *monitoringv1.CommonPrometheusFields) {
	o.addRemoteWrite(s.RemoteWrite)
	for i := range s.ScrapeClasses {
		class := &s.ScrapeClasses[i]
		at := specPlace.At("scrapeClasses").Index(i)
		o.addClient(at, monitoringv1.HTTPConfigWithoutTLS{Authorization: safe(class.Authorization)}, class.TLSConfig, monitoringv1.ProxyConfig{})
		o.relabelings = append(o.relabelings,
			relabel.TargetRelabelings(at.At("relabelings"), class.Relabelings),
			relabel.MetricRelabelings(at.At("metricRelabelings"), class.MetricRelabelings))
	}
	o.addNeeded("additionalScrapeConfigs", s.AdditionalScrapeConfigs)
	if t := s.TracingConfig; t != nil {
		o.addClient(specPlace.At("tracingConfig"), monitoringv1.HTTPConfigWithoutTLS{}, t.TLSConfig, monitoringv1.ProxyConfig{})
	}
	if a := s.APIServerConfig; a != nil {
		o.addClient(specPlace.At("apiserverConfig"), monitoringv1.HTTPConfigWithoutTLS{BasicAuth: a.BasicAuth, Authorization: safe(a.Authorization)}, a.TLSConfig, a.ProxyConfig)
	}
}

func (o *Object) addServer(s *monitoringv1.PrometheusSpec) {
	for i := range s.RemoteRead {
		r := &s.RemoteRead[i]
		o.addClient(specPlace.At("remoteRead").Index(i),
			monitoringv1.HTTPConfigWithoutTLS{BasicAuth: r.BasicAuth, Authorization: safe(r.Authorization), OAuth2: r.OAuth2}, r.TLSConfig, r.ProxyConfig)
	}
	o.addNeeded("additionalAlertRelabelConfigs", s.AdditionalAlertRelabelConfigs)
	o.addNeeded("additionalAlertManagerConfigs", s.AdditionalAlertManagerConfigs)
	if s.Alerting == nil {
		return
	}
	for i := range s.Alerting.Alertmanagers {
		a := &s.Alerting.Alertmanagers[i]
		at := specPlace.At("alerting", "alertmanagers").Index(i)
		o.addClient(at, monitoringv1.HTTPConfigWithoutTLS{BasicAuth: a.BasicAuth, Authorization: a.Authorization}, a.TLSConfig, a.ProxyConfig)
		o.addSigV4(at, a.Sigv4)
		o.relabelings = append(o.relabelings,
			relabel.TargetRelabelings(at.At("relabelings"), a.RelabelConfigs),
			relabel.MetricRelabelings(at.At("alertRelabelings"), a.AlertRelabelConfigs))
	}
}

func (o *Object) addRemoteWrite(list []monitoringv1.RemoteWriteSpec) {
	for i := range list {
		w := &list[i]
		at := specPlace.At("remoteWrite").Index(i)
		o.addClient(at, monitoringv1.HTTPConfigWithoutTLS{BasicAuth: w.BasicAuth, Authorization: safe(w.Authorization), OAuth2: w.OAuth2}, w.TLSConfig, w.ProxyConfig)
		o.addSigV4(at, w.Sigv4)
		if a := w.AzureAD; a != nil && a.OAuth != nil {
			o.addSecret(at.At("azureAd", "oauth", "clientSecret"), &a.OAuth.ClientSecret)
		}
		o.relabelings = append(o.relabelings, relabel.MetricRelabelings(at.At("writeRelabelConfigs"), w.WriteRelabelConfigs))
	}
}

func (o *Object) addClient(at validation.Place, http monitoringv1.HTTPConfigWithoutTLS, tls *monitoringv1.TLSConfig, proxy monitoringv1.ProxyConfig) {
	c := client.Client{Place: at, HTTPConfigWithoutTLS: http, TLS: tls, Proxy: proxy, ProxyPlace: at}
	o.clients = append(append(o.clients, c), c.TokenServer()...)
}

func safe(a *monitoringv1.Authorization) *monitoringv1.SafeAuthorization {
	if a == nil {
		return nil
	}
	return &a.SafeAuthorization
}

// clientsOf walks to all clients, including those of token servers.
func clientsOf(o *Object) []client.Client { return o.clients }

// relabelingsOf walks to every relabeling.
func relabelingsOf(o *Object) []relabel.Relabeling {
	var all []relabel.Relabeling
	for _, list := range o.relabelings {
		all = append(all, list.Each()...)
	}
	return all
}
