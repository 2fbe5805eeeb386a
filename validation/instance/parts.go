package instance

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

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
		if s.ServiceMonitorSelector == nil && s.PodMonitorSelector == nil && s.ProbeSelector == nil && s.ScrapeConfigSelector == nil {
			return
		}
		o.addCommon(s)
		o.addServer(&p.Spec)
	case *monitoringv1alpha1.PrometheusAgent:
		o.addCommon(&p.Spec.CommonPrometheusFields)
	case *monitoringv1.ThanosRuler:
		o.addRemoteWrite(p.Spec.RemoteWrite)
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
	if s.Alerting == nil {
		return
	}
	for i := range s.Alerting.Alertmanagers {
		a := &s.Alerting.Alertmanagers[i]
		at := specPlace.At("alerting", "alertmanagers").Index(i)
		o.addClient(at, monitoringv1.HTTPConfigWithoutTLS{BasicAuth: a.BasicAuth, Authorization: a.Authorization}, a.TLSConfig, a.ProxyConfig)
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
