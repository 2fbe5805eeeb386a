// Package servicemonitor reads ServiceMonitor objects for the checks that all monitor
// kinds share.
package servicemonitor

import (
	"context"
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/monitor"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/client"
	"github.com/promgate/promgate/validation/part/relabel"
)

// Kind returns ServiceMonitor with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ServiceMonitorsKind), readServiceMonitor, monitor.Checks())
}

func readServiceMonitor(_ context.Context, m *monitoringv1.ServiceMonitor, s validation.Snapshot) (*monitor.Object, error) {
	o := &monitor.Object{Raw: m}
	spec := validation.Place{Path: fieldpath.New("spec")}
	o.Selectors = []part.LabelSelector{{Place: spec.At("selector"), LabelSelector: m.Spec.Selector, ByAPIServer: monitor.SelectsByRole(m.Spec.SelectorMechanism)}}
	o.SetScrapeClass(spec, m.Spec.ScrapeClassName)
	endpoints := spec.At("endpoints")
	o.Endpoints = &endpoints
	o.Bounds = boundsOf(spec, &m.Spec)
	o.CopiedLabels = append(monitor.CopiedLabels(spec.At("targetLabels"), m.Spec.TargetLabels), monitor.CopiedLabels(spec.At("podTargetLabels"), m.Spec.PodTargetLabels)...)
	class := monitor.ClassOf(m.Spec.ScrapeClassName, s.Prometheus)
	for i := range m.Spec.Endpoints {
		e := &m.Spec.Endpoints[i]
		scrape := newEndpoint(endpoints.Index(i), e)
		scrape = scrape.WithOrigin(originOf(m, e, class, s.Prometheus), class)
		o.AddScrape(scrape)
	}
	return o, nil
}

// originOf returns what is known about the targets of an endpoint.
func originOf(m *monitoringv1.ServiceMonitor, e *monitoringv1.Endpoint, class monitor.Class, p validation.Prometheus) relabel.Origin {
	known := monitor.Known{}
	known.Namespaces(m.Spec.NamespaceSelector, m.Namespace)
	known.Selector("service", m.Spec.Selector, m.Spec.SelectorMechanism)
	roles := monitor.EndpointRoles(m.Spec.ServiceDiscoveryRole, p)
	switch {
	case e.Port == "" && e.TargetPort != nil:
		known.Port(relabel.ContainerPort(e.TargetPort.Type), e.TargetPort.String())
	case len(roles) == 1:
		known.Port(relabel.EndpointPortName(roles[0]), e.Port)
	}
	origin := relabel.Origin{Kind: monitoringv1.ServiceMonitorsKind, Values: known}
	for _, role := range roles {
		origin.Sources = append(origin.Sources, relabel.Source{Role: role, Nodes: monitor.AttachesNodes(m.Spec.AttachMetadata, class, p)})
	}
	return origin
}

func newEndpoint(at validation.Place, e *monitoringv1.Endpoint) monitor.Scrape {
	name := e.Port
	if name == "" && e.TargetPort != nil {
		name = e.TargetPort.String()
	}
	if name != "" {
		at.Subject = validation.Subject{fmt.Sprintf("endpoint %q", name)}
	}
	at.Key = validation.Key(name, e.Path)

	s := monitor.Scrape{
		Place: at, Endpoint: e, HonorLabels: e.HonorLabels, HonorTimestamps: e.HonorTimestamps,
		Interval: at.Text("interval", string(e.Interval)), Timeout: at.Text("scrapeTimeout", string(e.ScrapeTimeout)),
		MetricsPath: at.Text("path", e.Path), Params: monitor.MapParams(at.At("params"), e.Params), Scheme: e.Scheme,
		Relabelings: relabel.TargetRelabelings(at.At("relabelings"), e.RelabelConfigs), MetricRelabelings: relabel.MetricRelabelings(at.At("metricRelabelings"), e.MetricRelabelConfigs),
		Client: client.Client{
			Place: at, HTTPConfigWithoutTLS: client.WithoutNamelessToken(e.HTTPConfigWithoutTLS, false), TLS: e.TLSConfig,
			BearerTokenFile: e.BearerTokenFile, //nolint:staticcheck // deprecated, and in use
			Proxy:           e.ProxyConfig, ProxyPlace: at,
		},
	}
	if e.Port != "" {
		s.Ports = append(s.Ports, monitor.Port{Place: at.At("port"), Value: intstr.FromString(e.Port)})
		if e.TargetPort != nil {
			s.IgnoredPorts = append(s.IgnoredPorts, monitor.Port{Place: at.At("targetPort"), Value: *e.TargetPort})
		}
	} else if e.TargetPort != nil {
		s.Ports = append(s.Ports, monitor.Port{Place: at.At("targetPort"), Value: *e.TargetPort})
	}
	return s
}

func boundsOf(spec validation.Place, s *monitoringv1.ServiceMonitorSpec) monitor.Bounds {
	return monitor.Bounds{
		Place:       spec,
		SampleLimit: s.SampleLimit, TargetLimit: s.TargetLimit, LabelLimit: s.LabelLimit,
		LabelNameLengthLimit: s.LabelNameLengthLimit, LabelValueLengthLimit: s.LabelValueLengthLimit,
		KeepDroppedTargets: s.KeepDroppedTargets, BucketLimit: s.NativeHistogramBucketLimit,
		BodySize: s.BodySizeLimit, Protocols: s.ScrapeProtocols, Fallback: s.FallbackScrapeProtocol,
	}
}
