package jobs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// MonitorOf returns what the index holds of a *ServiceMonitor, *PodMonitor, *Probe or
// *ScrapeConfig, and nil for any other object. It shares the object's labels.
func MonitorOf(object any) *Monitor {
	m := monitorOf(object)
	if m != nil {
		m.Imports, m.Pace = imports(object), paceOf(object)
	}
	return m
}

func monitorOf(object any) *Monitor {
	switch o := object.(type) {
	case *monitoringv1.ServiceMonitor:
		return newMonitor(monitoringv1.ServiceMonitorsKind, &o.ObjectMeta, claimsOfServiceMonitor(o))
	case *monitoringv1.PodMonitor:
		return newMonitor(monitoringv1.PodMonitorsKind, &o.ObjectMeta, claimsOfPodMonitor(o))
	case *monitoringv1.Probe:
		return newMonitor(monitoringv1.ProbesKind, &o.ObjectMeta, claimsOfProbe(o))
	case *monitoringv1alpha1.ScrapeConfig:
		return newMonitor(monitoringv1alpha1.ScrapeConfigsKind, &o.ObjectMeta, claimsOfScrapeConfig(o))
	}
	return nil
}

func newMonitor(kind string, o *metav1.ObjectMeta, claims []Claim) *Monitor {
	return &Monitor{
		Ref:         selection.Ref{Kind: kind, Namespace: o.Namespace, Name: o.Name},
		UID:         o.UID,
		Created:     o.CreationTimestamp.Time,
		Labels:      o.Labels,
		Terminating: o.DeletionTimestamp != nil,
		Release:     releaseOf(o),
		Instance:    cmp.Or(o.Annotations["meta.helm.sh/release-name"], o.Labels["app.kubernetes.io/instance"]),
		Claims:      claims,
	}
}

// releaseOf returns what an object is part of, with the name of the tool. It may be part of
// several releases, because a move from one tool to another leaves traces of the first. The label
// app.kubernetes.io/instance does not count: people write it by hand.
func releaseOf(o *metav1.ObjectMeta) string {
	var all []string
	if name := o.Annotations["meta.helm.sh/release-name"]; name != "" && o.Labels["app.kubernetes.io/managed-by"] == "Helm" {
		all = append(all, "Helm release "+o.Annotations["meta.helm.sh/release-namespace"]+"/"+name)
	}
	application, _, _ := strings.Cut(o.Annotations["argocd.argoproj.io/tracking-id"], ":")
	if application = cmp.Or(application, o.Labels["argocd.argoproj.io/instance"], o.Annotations["argocd.argoproj.io/instance"]); application != "" {
		all = append(all, "Argo CD application "+application)
	}
	for _, tool := range []string{"kustomize", "helm"} {
		prefix := tool + ".toolkit.fluxcd.io/"
		if name := o.Labels[prefix+"name"]; name != "" {
			all = append(all, "Flux "+tool+" "+o.Labels[prefix+"namespace"]+"/"+name)
		}
	}
	return strings.Join(all, releaseSeparator)
}

// releaseSeparator separates releases. No name contains it.
const releaseSeparator = ", "

// SharedRelease returns a release that both monitors are part of, or nothing.
func (m *Monitor) SharedRelease(other *Monitor) string {
	if m.Release == "" || other.Release == "" {
		return ""
	}
	theirs := strings.Split(other.Release, releaseSeparator)
	for mine := range strings.SplitSeq(m.Release, releaseSeparator) {
		if slices.Contains(theirs, mine) {
			return mine
		}
	}
	return ""
}

// ServiceOf returns what the index holds of a Service. It shares the object's labels.
func ServiceOf(s *corev1.Service) *Service {
	service := &Service{Namespace: s.Namespace, Name: s.Name, Labels: s.Labels}
	if s.Spec.Type == corev1.ServiceTypeExternalName {
		return service // it has no endpoints, and so nothing to scrape
	}
	service.Pods, service.Headless = hashOf(s.Spec.Selector), s.Spec.ClusterIP == corev1.ClusterIPNone
	for i := range s.Spec.Ports {
		p := &s.Spec.Ports[i]
		target := p.TargetPort.String()
		if target == "" || target == "0" {
			target = strconv.Itoa(int(p.Port))
		}
		service.Ports = append(service.Ports, ServicePort{Name: p.Name, TargetPort: target})
	}
	return service
}

// chosenBy returns the selected objects without their port. ok is false if the operator cannot
// read the selector: it leaves such a monitor out.
func chosenBy(own string, selector *metav1.LabelSelector, namespaces *monitoringv1.NamespaceSelector) (o Objects, ok bool) {
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return o, false
	}
	requirements, _ := s.Requirements()
	o = Objects{Selector: s, Requirements: requirements}
	switch {
	case namespaces.Any:
	case len(namespaces.MatchNames) == 0:
		o.Namespaces = []string{own}
	default:
		names := slices.Sorted(slices.Values(namespaces.MatchNames))
		o.Namespaces = slices.Compact(names)
	}
	return o, true
}

// isNumber reports whether a port's name is a number, which no port can have as its name. Such a
// claim selects nothing, and must not be mistaken for a claim on the port of that number.
func isNumber(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}
