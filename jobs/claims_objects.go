package jobs

import (
	"strconv"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

func claimsOfServiceMonitor(m *monitoringv1.ServiceMonitor) []Claim {
	objects, ok := chosenBy(m.Namespace, &m.Spec.Selector, &m.Spec.NamespaceSelector)
	if !ok || multiplied(len(m.Spec.Endpoints), m.Spec.TargetLabels, m.Spec.PodTargetLabels) {
		return nil
	}
	claims := make([]Claim, 0, len(m.Spec.Endpoints))
	for i := range m.Spec.Endpoints {
		e := &m.Spec.Endpoints[i]
		services := objects
		endpoint, ok := services.portOfService(e)
		if !ok {
			continue
		}
		c := chain{
			start: Job{OfService: true, Label: m.Spec.JobLabel}, relabelings: e.RelabelConfigs, metricRelabelings: e.MetricRelabelConfigs,
			honorLabels: e.HonorLabels, class: m.Spec.ScrapeClassName,
			labels: [][]string{m.Spec.TargetLabels, m.Spec.PodTargetLabels, {endpoint}, metadataOf(m.Spec.AttachMetadata, m.Spec.ServiceDiscoveryRole)},
			self:   []string{"serviceMonitor", m.Namespace, m.Name, strconv.Itoa(i)},
		}
		claim := c.claim(address{scheme: e.Scheme, path: e.Path, params: e.Params})
		claim.Endpoint, claim.Services = i, &services
		claims = append(claims, claim)
	}
	return claims
}

// maxCopies is how many names of labels, or relabelings, all claims of a monitor may hold together:
// each claim holds its own copy, and a small object must not become a large one. The judge refuses
// a ServiceMonitor or PodMonitor with more.
const maxCopies = 30_000

func multiplied(endpoints int, labels ...[]string) bool {
	n := 0
	for _, list := range labels {
		n += len(list)
	}
	return n*endpoints > maxCopies
}

// portOfService sets the port, and returns the value of the label endpoint.
func (o *Objects) portOfService(e *monitoringv1.Endpoint) (label string, ok bool) {
	switch {
	case e.Port != "":
		o.Port = e.Port
		return e.Port, true
	case e.TargetPort == nil:
		return "", true
	case e.TargetPort.StrVal != "":
		o.TargetPort = e.TargetPort.StrVal
		return e.TargetPort.String(), !isNumber(o.TargetPort)
	case e.TargetPort.IntVal != 0:
		o.TargetPort = strconv.Itoa(int(e.TargetPort.IntVal))
	}
	return e.TargetPort.String(), true
}

func claimsOfPodMonitor(m *monitoringv1.PodMonitor) []Claim {
	objects, ok := chosenBy(m.Namespace, &m.Spec.Selector, &m.Spec.NamespaceSelector)
	if !ok || multiplied(len(m.Spec.PodMetricsEndpoints), m.Spec.PodTargetLabels) {
		return nil
	}
	start := Job{Constant: m.Namespace + "/" + m.Name}
	if m.Spec.JobLabel != "" {
		start = Job{} // the index holds no pods
	}
	claims := make([]Claim, 0, len(m.Spec.PodMetricsEndpoints))
	for i := range m.Spec.PodMetricsEndpoints {
		e := &m.Spec.PodMetricsEndpoints[i]
		pods := objects
		endpoint, ok := pods.portOfPod(e)
		if !ok {
			continue
		}
		c := chain{
			start: start, relabelings: e.RelabelConfigs, metricRelabelings: e.MetricRelabelConfigs,
			honorLabels: e.HonorLabels, class: m.Spec.ScrapeClassName,
			labels: [][]string{{m.Spec.JobLabel}, m.Spec.PodTargetLabels, {endpoint}, metadataOf(m.Spec.AttachMetadata, nil)},
			self:   []string{"podMonitor", m.Namespace, m.Name, strconv.Itoa(i)},
		}
		claim := c.claim(address{scheme: e.Scheme, path: e.Path, params: e.Params})
		claim.Endpoint, claim.Pods = i, &pods
		claims = append(claims, claim)
	}
	return claims
}

// portOfPod sets the port, and returns the value of the label endpoint. For a pod, a name in
// targetPort means the same as one in port: the name of a container's port.
func (o *Objects) portOfPod(e *monitoringv1.PodMetricsEndpoint) (label string, ok bool) {
	old := e.TargetPort //nolint:staticcheck // deprecated, and in use
	switch {
	case e.Port != nil && *e.Port != "":
		o.Port = *e.Port
		return o.Port, !isNumber(o.Port)
	case e.PortNumber != nil && *e.PortNumber != 0:
		o.TargetPort = strconv.Itoa(int(*e.PortNumber))
	case old != nil && old.StrVal != "":
		o.Port = old.StrVal
	case old != nil && old.IntVal != 0:
		o.TargetPort = strconv.Itoa(int(old.IntVal))
	}
	if old != nil {
		label = old.String()
	}
	return label, !isNumber(o.Port)
}

// metadataOf returns which additional labels the discovery gives to targets.
func metadataOf(a *monitoringv1.AttachMetadata, role *monitoringv1.ServiceDiscoveryRole) []string {
	var given []string
	if a != nil && a.Node != nil && *a.Node {
		given = append(given, "node")
	}
	if role != nil {
		given = append(given, string(*role))
	}
	return given
}
