package alertpath

import (
	"cmp"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const (
	// governingService is the Service that the operator (v0.93.0, pkg/alertmanager/statefulset.go) keeps in each namespace with an
	// Alertmanager. Its pods are those of all Alertmanagers there.
	governingService = "alertmanager-operated"
	webPort          = 9093
	webPortName      = "web"
)

// GoverningService returns the Service that the operator keeps for an Alertmanager, or nil if the user names another one.
func GoverningService(a *monitoringv1.Alertmanager) *corev1.Service {
	if a.Spec.ServiceName != nil {
		return nil
	}
	port := portNameOf(a)
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: a.Namespace, Name: governingService},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app.kubernetes.io/name": "alertmanager"},
			Ports: []corev1.ServicePort{
				{Name: port, Port: webPort, TargetPort: intstr.FromString(port)},
				{Name: "tcp-mesh", Port: 9094, TargetPort: intstr.FromString("mesh-tcp")},
				{Name: "udp-mesh", Port: 9094, TargetPort: intstr.FromString("mesh-udp")},
			},
		},
	}
}

func portNameOf(a *monitoringv1.Alertmanager) string { return cmp.Or(a.Spec.PortName, webPortName) }

// podLabels returns the labels that the operator gives the pods of an Alertmanager of some version.
func podLabels(a *monitoringv1.Alertmanager, version string) map[string]string {
	of := map[string]string{"app.kubernetes.io/version": version}
	if a.Spec.PodMetadata != nil {
		maps.Copy(of, a.Spec.PodMetadata.Labels)
	}
	maps.Copy(of, map[string]string{
		"app.kubernetes.io/name":       "alertmanager",
		"app.kubernetes.io/managed-by": "prometheus-operator",
		"app.kubernetes.io/instance":   a.Name,
		"alertmanager":                 a.Name,
	})
	return of
}

// IsBehind reports whether the pods of an Alertmanager of some version are behind a Service.
func IsBehind(s *corev1.Service, a *monitoringv1.Alertmanager, version string) bool {
	return s.Namespace == a.Namespace && len(s.Spec.Selector) > 0 &&
		labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(podLabels(a, version)))
}

// Addressed returns the Services that an entry of spec.alerting.alertmanagers means: the name is a regular expression for the
// relabeling that the operator writes, as is the port. A port by number is that of a container.
func Addressed(e *monitoringv1.AlertmanagerEndpoints, own string, services []*corev1.Service) []*corev1.Service {
	namespace := own
	if e.Namespace != nil && *e.Namespace != "" {
		namespace = *e.Namespace
	}
	return slices.DeleteFunc(slices.Clone(services), func(s *corev1.Service) bool {
		return s.Namespace != namespace || !matches(e.Name, s.Name) || !hasPort(s, e.Port)
	})
}

// matches reports whether a regular expression of a relabeling matches all of a text.
func matches(pattern, text string) bool {
	re, err := regexp.Compile("^(?s:" + pattern + ")$")
	return err == nil && re.MatchString(text)
}

func hasPort(s *corev1.Service, port intstr.IntOrString) bool {
	return slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
		switch {
		case port.StrVal != "":
			return matches(port.StrVal, p.Name)
		case port.IntVal != 0:
			return port.IntVal == webPort && (p.TargetPort.StrVal != "" || p.TargetPort.IntVal == webPort || p.TargetPort.IntVal == 0 && p.Port == webPort)
		}
		return true
	})
}

// ServiceAt returns the Service that an address in the cluster names, as one of a URL or of static targets does:
// NAME.NAMESPACE.svc, or the name of a pod before that. The port is left out.
func ServiceAt(address string) (namespace, name string, ok bool) {
	if _, rest, found := strings.Cut(address, "://"); found {
		u, err := url.Parse("//" + rest)
		if err != nil {
			return "", "", false
		}
		address = u.Host
	}
	if _, err := netip.ParseAddr(address); err == nil {
		return "", "", false
	}
	address, _, _ = strings.Cut(address, ":")
	parts := strings.Split(strings.TrimSuffix(address, "."), ".")
	at := slices.Index(parts, "svc")
	switch {
	case at >= 2:
		return parts[at-1], parts[at-2], true
	case at < 0 && len(parts) == 2:
		return parts[1], parts[0], true
	}
	return "", "", false
}
