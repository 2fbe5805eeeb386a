package explain

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
)

// A wanted is the port that an endpoint asks for.
type wanted struct {
	place string // endpoints[0]

	// name matches the names of ports of a Service. It is nil if the endpoint asks for another
	// port, and then target is that of the containers, or the zero value for all ports.
	name   *regexp.Regexp
	asked  string
	target containerPort
}

// wantedBy returns the port that an endpoint of a ServiceMonitor asks for. ok is false if it cannot
// be read, of which a check says more.
func wantedBy(n int, e *monitoringv1.Endpoint) (w wanted, ok bool) {
	w.place = fmt.Sprintf("endpoints[%d]", n)
	switch {
	case e.Port != "":
		w.asked = e.Port
		w.name, ok = anchored(e.Port)
		return w, ok
	case e.TargetPort != nil:
		w.target, ok = newContainerPort(e.TargetPort.StrVal, e.TargetPort.IntVal)
		return w, ok
	}
	return w, true
}

func (w wanted) String() string {
	switch {
	case w.name != nil:
		return w.place + ", port " + w.asked
	case w.target.asked != "":
		return w.place + ", targetPort " + w.target.asked
	}
	return w.place + ", all ports"
}

// takes reports whether the endpoint asks for a port of a Service.
func (w wanted) takes(p *corev1.ServicePort) bool {
	switch {
	case w.name != nil:
		return w.name.MatchString(p.Name)
	case w.target.name != nil:
		return w.target.name.MatchString(targetOf(p))
	case w.target.asked != "":
		return targetOf(p) == w.target.asked
	}
	return true
}

// targetOf returns the name or the number of the container's port that a Service's port leads to.
func targetOf(p *corev1.ServicePort) string {
	if t := p.TargetPort.String(); t != "" && t != "0" {
		return t
	}
	return strconv.Itoa(int(p.Port))
}

// portWords lists the ports of Services: web (80 to http).
func portWords(services []*corev1.Service) string {
	names := map[string]bool{}
	for _, s := range services {
		for n := range s.Spec.Ports {
			p := &s.Spec.Ports[n]
			name := p.Name
			if name == "" {
				name = "a port without a name"
			}
			names[fmt.Sprintf("%s (%d to %s)", name, p.Port, targetOf(p))] = true
		}
	}
	if len(names) == 0 {
		return "no ports"
	}
	return list(slices.Sorted(maps.Keys(names)), maxListed)
}

// portFix returns how to ask for the port that is probably meant.
func portFix(w wanted, services []*corev1.Service) string {
	for _, s := range services {
		for n := range s.Spec.Ports {
			p := &s.Spec.Ports[n]
			switch {
			case w.name == nil || w.asked != targetOf(p) && w.asked != strconv.Itoa(int(p.Port)):
			case p.Name != "":
				return fmt.Sprintf("set port to %s, which is the name of that port in the Service", p.Name)
			default:
				return "port takes a name, and that port of the Service has none: give it one"
			}
		}
	}
	return "set port to the name of a port of the Service"
}
