package alertpath

import (
	"cmp"
	"maps"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
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
	port := PortName(a)
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: a.Namespace, Name: governingService},
		Spec: corev1.ServiceSpec{
			ClusterIP: corev1.ClusterIPNone,
			Selector:  map[string]string{"app.kubernetes.io/name": "alertmanager"},
			Ports: []corev1.ServicePort{
				{Name: port, Port: webPort, TargetPort: intstr.FromString(port)},
				{Name: "tcp-mesh", Port: 9094, TargetPort: intstr.FromString("mesh-tcp")},
				{Name: "udp-mesh", Port: 9094, TargetPort: intstr.FromString("mesh-udp")},
			},
		},
	}
}

// PortName returns the name of the port at which an Alertmanager takes alerts.
func PortName(a *monitoringv1.Alertmanager) string { return cmp.Or(a.Spec.PortName, webPortName) }

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

// Named returns the Services with the name that an entry means, whatever their ports are. Certain reports that no other can have it: the
// name is no pattern.
func Named(e *monitoringv1.AlertmanagerEndpoints, own string, services []*corev1.Service) (named []*corev1.Service, certain bool) {
	anyPort := *e
	anyPort.Port = intstr.IntOrString{}
	return Addressed(&anyPort, own, services), regexp.QuoteMeta(e.Name) == e.Name
}

func hasPort(s *corev1.Service, port intstr.IntOrString) bool {
	return isAny(port) || slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return isMeant(p, port) })
}

func isAny(port intstr.IntOrString) bool { return port.StrVal == "" && port.IntVal == 0 }

// isMeant reports whether the port of an entry may be this one of a Service.
func isMeant(p corev1.ServicePort, port intstr.IntOrString) bool {
	switch {
	case port.StrVal != "":
		return matches(port.StrVal, p.Name)
	case port.IntVal != 0:
		return port.IntVal == webPort && (p.TargetPort.StrVal != "" || targetNumber(p) == webPort)
	}
	return true
}

// targetNumber returns the number of the port of a pod, or 0 if it has a name.
func targetNumber(p corev1.ServicePort) int32 {
	if p.TargetPort.StrVal != "" {
		return 0
	}
	return cmp.Or(p.TargetPort.IntVal, p.Port)
}

// isWeb reports whether a port of a Service leads to the one at which an Alertmanager takes alerts.
func isWeb(p corev1.ServicePort, a *monitoringv1.Alertmanager) bool {
	return p.TargetPort.StrVal == PortName(a) || targetNumber(p) == webPort
}

// LeadsTo reports whether a port of an entry, of those that a Service has, leads to the one at which an Alertmanager takes alerts.
func LeadsTo(s *corev1.Service, port intstr.IntOrString, a *monitoringv1.Alertmanager) bool {
	return slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return isMeant(p, port) && isWeb(p, a) })
}

// HasNumber reports whether something may answer at a number behind the name of a Service. Without an address of its own, the name
// means the pods, which may have any port.
func HasNumber(s *corev1.Service, number int32) bool {
	return s.Spec.ClusterIP == corev1.ClusterIPNone || len(s.Spec.Selector) == 0 ||
		slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == number })
}

// NumberLeadsTo is [LeadsTo] for a number behind the name of a Service.
func NumberLeadsTo(s *corev1.Service, number int32, a *monitoringv1.Alertmanager) bool {
	if s.Spec.ClusterIP == corev1.ClusterIPNone {
		return number == webPort
	}
	return slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == number && isWeb(p, a) })
}

// NumberAt returns the port of an address, or that of the scheme.
func NumberAt(address, scheme string) int32 {
	// A name, or an address of IPv6 in brackets, and a port.
	if at := strings.LastIndexByte(address, ':'); at >= 0 && !strings.HasSuffix(address, "]") {
		port := address[at+1:]
		number, _ := strconv.ParseUint(port, 10, 16)
		return int32(number)
	}
	if scheme == "https" {
		return 443
	}
	return 80
}

// Prefix returns the path under which an Alertmanager takes alerts, or to which a Prometheus sends them: / if there is none.
func Prefix(written string) string { return path.Join("/", written) }

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
