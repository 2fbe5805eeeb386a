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

// MonitorOf reads what the index holds of a *ServiceMonitor, *PodMonitor, *Probe or
// *ScrapeConfig. It is nil of anything else. It shares the object's labels.
func MonitorOf(object any) *Monitor {
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

// releaseOf is what an object is part of, each with the tool's name before it. It may be of
// several: who moves from one tool to another leaves traces of the first. The label
// app.kubernetes.io/instance alone says nothing: people write it by hand.
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

// releaseSeparator stands between what an object is part of. No name has it.
const releaseSeparator = ", "

// SharedRelease is what both are part of, if anything.
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

// ServiceOf reads what the index holds of a Service. It shares the object's labels.
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

// chosenBy is the selection without its port. ok is false of a selector that the
// operator cannot read: it leaves such a monitor out.
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

// isNumber says that a port's name is one that no port can have. Such a claim takes
// nothing, and must not be mistaken for one of that number.
func isNumber(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}
