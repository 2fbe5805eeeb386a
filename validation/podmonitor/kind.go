// Package podmonitor reads PodMonitor objects for the checks that all monitor kinds
// share.
package podmonitor

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

// Kind returns PodMonitor with all its checks.
func Kind() validation.Kind {
	return validation.NewKind(monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PodMonitorsKind), readPodMonitor, monitor.Checks())
}

func readPodMonitor(_ context.Context, m *monitoringv1.PodMonitor, s validation.Snapshot) (*monitor.Object, error) {
	o := &monitor.Object{Raw: m}
	spec := validation.Place{Path: fieldpath.New("spec")}
	o.Selectors = []part.LabelSelector{{Place: spec.At("selector"), LabelSelector: m.Spec.Selector, ByAPIServer: monitor.SelectsByRole(m.Spec.SelectorMechanism)}}
	o.SetScrapeClass(spec, m.Spec.ScrapeClassName)
	endpoints := spec.At("podMetricsEndpoints")
	o.Endpoints = &endpoints
	o.Bounds = boundsOf(spec, &m.Spec)
	o.CopiedLabels = monitor.CopiedLabels(spec.At("podTargetLabels"), m.Spec.PodTargetLabels)
	class := monitor.ClassOf(m.Spec.ScrapeClassName, s.Prometheus)
	for i := range m.Spec.PodMetricsEndpoints {
		scrape := newEndpoint(endpoints.Index(i), &m.Spec.PodMetricsEndpoints[i])
		scrape = scrape.WithOrigin(originOf(m, scrape.Ports, class, s.Prometheus), class)
		o.AddScrape(scrape)
	}
	return o, nil
}

// originOf returns what is known about the targets of an endpoint.
func originOf(m *monitoringv1.PodMonitor, ports []monitor.Port, class monitor.Class, p validation.Prometheus) relabel.Origin {
	known := monitor.Known{}
	known.Namespaces(m.Spec.NamespaceSelector, m.Namespace)
	known.Selector("pod", m.Spec.Selector, m.Spec.SelectorMechanism)
	for _, port := range ports {
		known.Port(relabel.ContainerPort(port.Value.Type), port.Value.String())
	}
	nodes := monitor.AttachesNodes(m.Spec.AttachMetadata, class, p)
	return relabel.Origin{Kind: monitoringv1.PodMonitorsKind, Sources: []relabel.Source{{Role: relabel.RolePod, Nodes: nodes}}, Values: known}
}

func newEndpoint(at validation.Place, e *monitoringv1.PodMetricsEndpoint) monitor.Scrape {
	ports, name := portsOf(at, e), ""
	if len(ports) > 0 {
		name = ports[0].Value.String()
	}
	if name != "" {
		at.Subject = validation.Subject{fmt.Sprintf("endpoint %q", name)}
	}
	at.Key = validation.Key(name, e.Path)
	for i := range ports {
		ports[i].Subject, ports[i].Key = at.Subject, at.Key
	}
	return monitor.Scrape{
		Place: at, Endpoint: e, HonorLabels: e.HonorLabels, HonorTimestamps: e.HonorTimestamps,
		Interval: at.Text("interval", string(e.Interval)), Timeout: at.Text("scrapeTimeout", string(e.ScrapeTimeout)),
		MetricsPath: at.Text("path", e.Path), Params: monitor.MapParams(at.At("params"), e.Params), Scheme: e.Scheme,
		Ports: ports[:min(1, len(ports))], IgnoredPorts: ports[min(1, len(ports)):],
		Relabelings: relabel.TargetRelabelings(at.At("relabelings"), e.RelabelConfigs), MetricRelabelings: relabel.MetricRelabelings(at.At("metricRelabelings"), e.MetricRelabelConfigs),
		Client: client.Client{
			Place: at, HTTPConfigWithoutTLS: client.WithoutNamelessToken(e.HTTPConfigWithoutTLS, true), TLS: client.SafeTLS(e.TLSConfig),
			Proxy: e.ProxyConfig, ProxyPlace: at,
		},
	}
}

// portsOf returns the ports in the fields that are set, in the order in which prometheus-operator
// v0.93.0 looks at them: the name, the number, targetPort. It uses the first.
func portsOf(at validation.Place, e *monitoringv1.PodMetricsEndpoint) []monitor.Port {
	var ports []monitor.Port
	if e.Port != nil && *e.Port != "" {
		ports = append(ports, monitor.Port{Place: at.At("port"), Value: intstr.FromString(*e.Port)})
	}
	if e.PortNumber != nil && *e.PortNumber != 0 {
		ports = append(ports, monitor.Port{Place: at.At("portNumber"), Value: intstr.FromInt32(*e.PortNumber)})
	}
	if e.TargetPort != nil { //nolint:staticcheck // deprecated, and in use
		ports = append(ports, monitor.Port{Place: at.At("targetPort"), Value: *e.TargetPort}) //nolint:staticcheck // the same
	}
	return ports
}

func boundsOf(spec validation.Place, s *monitoringv1.PodMonitorSpec) monitor.Bounds {
	return monitor.Bounds{
		Place:       spec,
		SampleLimit: s.SampleLimit, TargetLimit: s.TargetLimit, LabelLimit: s.LabelLimit,
		LabelNameLengthLimit: s.LabelNameLengthLimit, LabelValueLengthLimit: s.LabelValueLengthLimit,
		KeepDroppedTargets: s.KeepDroppedTargets, BucketLimit: s.NativeHistogramBucketLimit,
		BodySize: s.BodySizeLimit, Protocols: s.ScrapeProtocols, Fallback: s.FallbackScrapeProtocol,
	}
}
