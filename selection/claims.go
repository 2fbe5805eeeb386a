package selection

import (
	"encoding/json"
	"strconv"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// MonitorOf reads what the index holds of a *monitoringv1.ServiceMonitor, PodMonitor,
// Probe or *monitoringv1alpha1.ScrapeConfig, as prometheus-operator v0.93.0 would render
// it. It is nil of anything else.
func MonitorOf(object any) *Monitor {
	switch o := object.(type) {
	case *monitoringv1.ServiceMonitor:
		m := monitorOf(monitoringv1.ServiceMonitorsKind, &o.ObjectMeta)
		m.serviceMonitor(o)
		return m
	case *monitoringv1.PodMonitor:
		m := monitorOf(monitoringv1.PodMonitorsKind, &o.ObjectMeta)
		m.podMonitor(o)
		return m
	case *monitoringv1.Probe:
		m := monitorOf(monitoringv1.ProbesKind, &o.ObjectMeta)
		m.probe(o)
		return m
	case *monitoringv1alpha1.ScrapeConfig:
		m := monitorOf(monitoringv1alpha1.ScrapeConfigsKind, &o.ObjectMeta)
		m.scrapeConfig(o)
		return m
	}
	return nil
}

func monitorOf(kind string, o *metav1.ObjectMeta) *Monitor {
	return &Monitor{
		Ref: Ref{Kind: kind, Namespace: o.Namespace, Name: o.Name},
		UID: o.UID, Created: o.CreationTimestamp.Time, Labels: o.Labels,
		Terminating: o.DeletionTimestamp != nil, Release: releaseOf(o),
	}
}

// ServiceOf reads what the index holds of a Service.
func ServiceOf(s *corev1.Service) *Service {
	out := &Service{Namespace: s.Namespace, Name: s.Name, Labels: s.Labels}
	for _, p := range s.Spec.Ports {
		target := p.TargetPort.String()
		if p.TargetPort == (intstr.IntOrString{}) {
			target = strconv.Itoa(int(p.Port))
		}
		out.Ports = append(out.Ports, ServicePort{Name: p.Name, TargetPort: target})
	}
	return out
}

func (m *Monitor) serviceMonitor(o *monitoringv1.ServiceMonitor) {
	objects, ok := chosenBy(o.Spec.Selector, o.Spec.NamespaceSelector, o.Namespace)
	if !ok {
		return
	}
	for i, e := range o.Spec.Endpoints {
		services := *objects
		if e.Port != "" {
			services.Port = e.Port
		} else if e.TargetPort != nil {
			services.TargetPort = targetOf(e.TargetPort)
		}
		c := chain{relabelings: e.RelabelConfigs, metrics: e.MetricRelabelConfigs, honorLabels: e.HonorLabels}
		m.Claims = append(m.Claims, Claim{
			Endpoint: i,
			Job:      c.job(Job{OfService: true, Label: o.Spec.JobLabel}),
			Address:  c.address(e.Scheme, e.Path, "/metrics", e.Params),
			Filter:   c.filter(o.Spec.ScrapeClassName),
			Services: &services,
		})
	}
}

func (m *Monitor) podMonitor(o *monitoringv1.PodMonitor) {
	objects, ok := chosenBy(o.Spec.Selector, o.Spec.NamespaceSelector, o.Namespace)
	if !ok {
		return
	}
	for i, e := range o.Spec.PodMetricsEndpoints {
		pods := *objects
		switch {
		case e.Port != nil && *e.Port != "":
			pods.Port = *e.Port
		case e.PortNumber != nil && *e.PortNumber != 0:
			pods.TargetPort = strconv.Itoa(int(*e.PortNumber))
		case e.TargetPort != nil: //nolint:staticcheck // deprecated, and in use
			pods.TargetPort = targetOf(e.TargetPort) //nolint:staticcheck // the same
		}
		job := Job{Constant: o.Namespace + "/" + o.Name}
		if o.Spec.JobLabel != "" {
			job = Job{} // a label of the Pod, which is not held
		}
		c := chain{relabelings: e.RelabelConfigs, metrics: e.MetricRelabelConfigs, honorLabels: e.HonorLabels}
		m.Claims = append(m.Claims, Claim{
			Endpoint: i,
			Job:      c.job(job),
			Address:  c.address(e.Scheme, e.Path, "/metrics", e.Params),
			Filter:   c.filter(o.Spec.ScrapeClassName),
			Pods:     &pods,
		})
	}
}

func (m *Monitor) probe(o *monitoringv1.Probe) {
	static := o.Spec.Targets.StaticConfig
	if static == nil {
		return
	}
	job := Job{Constant: o.Spec.JobName}
	if job.Constant == "" {
		job.Constant = "probe/" + o.Namespace + "/" + o.Name
	}
	params := map[string][]string{}
	for _, p := range o.Spec.Params {
		params[p.Name] = p.Values
	}
	if o.Spec.Module != "" {
		params["module"] = []string{o.Spec.Module}
	}
	c := chain{relabelings: static.RelabelConfigs, metrics: o.Spec.MetricRelabelConfigs}
	labels := map[string]string{"namespace": o.Namespace}
	for name, value := range static.Labels {
		labels[name] = value
	}
	m.Claims = []Claim{{
		Job:     c.job(job),
		Address: text(o.Spec.ProberSpec.URL, c.address(o.Spec.ProberSpec.Scheme, o.Spec.ProberSpec.Path, "/probe", params)),
		Filter:  c.filter(o.Spec.ScrapeClassName),
		Static:  staticOf(static.Targets, labels),
	}}
}

func (m *Monitor) scrapeConfig(o *monitoringv1alpha1.ScrapeConfig) {
	var targets []string
	for _, s := range o.Spec.StaticConfigs {
		for _, t := range s.Targets {
			targets = append(targets, staticOf([]string{string(t)}, s.Labels)...)
		}
	}
	if len(targets) == 0 {
		return
	}
	job := Job{Constant: "scrapeConfig/" + o.Namespace + "/" + o.Name}
	if o.Spec.JobName != nil {
		job.Constant = *o.Spec.JobName
	}
	path := ""
	if o.Spec.MetricsPath != nil {
		path = *o.Spec.MetricsPath
	}
	c := chain{relabelings: o.Spec.RelabelConfigs, metrics: o.Spec.MetricRelabelConfigs, honorLabels: o.Spec.HonorLabels != nil && *o.Spec.HonorLabels}
	m.Claims = []Claim{{
		Job:     c.job(job),
		Address: c.address(o.Spec.Scheme, path, "/metrics", o.Spec.Params),
		Filter:  c.filter(o.Spec.ScrapeClassName),
		Static:  targets,
	}}
}

// chosenBy reads a selector; one that cannot be read selects nothing.
func chosenBy(selector metav1.LabelSelector, namespaces monitoringv1.NamespaceSelector, own string) (*Objects, bool) {
	s, err := metav1.LabelSelectorAsSelector(&selector)
	if err != nil {
		return nil, false
	}
	requirements, _ := s.Requirements()
	o := &Objects{Selector: s, Requirements: requirements, Namespaces: []string{own}}
	switch {
	case namespaces.Any:
		o.Namespaces = nil
	case len(namespaces.MatchNames) > 0:
		o.Namespaces = namespaces.MatchNames
	}
	return o, true
}

// targetOf is the port of a Pod; the number 0 and an empty name choose none.
func targetOf(p *intstr.IntOrString) string {
	if p.Type == intstr.Int && p.IntVal == 0 {
		return ""
	}
	return p.String()
}

func staticOf(targets []string, labels map[string]string) []string {
	all := make([]string, len(targets))
	for i, t := range targets {
		all[i] = t + " " + text(labels)
	}
	return all
}

// text writes values so that equal ones are equal: maps in the order of their keys.
func text(values ...any) string {
	data, err := json.Marshal(values)
	if err != nil {
		return err.Error() // texts, numbers and maps of them can be written
	}
	return string(data)
}
