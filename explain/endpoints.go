package explain

import (
	"fmt"
	"slices"
	"strconv"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// maxBehind is how many Services are looked behind.
const maxBehind = 20

// behind is what is behind a Service in a running cluster.
type behind struct {
	service *corev1.Service
	slices  []discoveryv1.EndpointSlice
	err     error // because of which the slices are not known
}

// readBehind reads the EndpointSlices of Services. Of a Service of type ExternalName there are none.
func (e *explainer) readBehind(services []*corev1.Service) []behind {
	if e.Slices == nil {
		return nil
	}
	var all []behind
	for _, s := range services[:min(len(services), maxBehind)] {
		if s.Spec.Type == corev1.ServiceTypeExternalName {
			continue
		}
		b := behind{service: s}
		b.slices, b.err = e.Slices.EndpointSlices(e.ctx, s.Namespace, s.Name)
		b.slices = slices.DeleteFunc(b.slices, func(slice discoveryv1.EndpointSlice) bool { return isSecondary(s, slice) })
		all = append(all, b)
	}
	return all
}

// isSecondary reports whether a slice has the second addresses of a dual-stack Service, which
// Prometheus does not use: they are the same pods again.
func isSecondary(s *corev1.Service, slice discoveryv1.EndpointSlice) bool {
	policy := s.Spec.IPFamilyPolicy
	dual := policy != nil && (*policy == corev1.IPFamilyPolicyPreferDualStack || *policy == corev1.IPFamilyPolicyRequireDualStack)
	return dual && len(s.Spec.IPFamilies) > 0 && string(slice.AddressType) != string(s.Spec.IPFamilies[0])
}

// explainEndpoint is about the port of one endpoint: on the Services, and on what is behind them.
func (e *explainer) explainEndpoint(n int, endpoint *monitoringv1.Endpoint, services []*corev1.Service, all []behind) {
	w, ok := wantedBy(n, endpoint)
	if !ok {
		return
	}
	with, without := servicesWithPort(w, services)
	switch {
	case w.target.asked != "":
		e.explainContainerPort(w, w.target, services, with)
		return
	case len(with) == 0:
		e.no("port", fmt.Sprintf("%s: no Service that it selects has this port. They have %s.", w, portWords(services)),
			problem{stageDiscovered, fmt.Sprintf("no Service that it selects has the port %s of %s", w.asked, w.place), portFix(w, services)})
		return
	}
	var details []string
	if len(without) > 0 {
		details = append(details, fmt.Sprintf("%s %s no such port: %s", list(namesOf(without), maxListed), verb(len(without), "has", "have"), portWords(without)))
	}
	e.yes("port", fmt.Sprintf("%s: %s %s it.", w, list(namesOf(with), maxListed), verb(len(with), "has", "have")), details...)
	e.explainAddresses(w, with, all)
}

func servicesWithPort(w wanted, services []*corev1.Service) (with, without []*corev1.Service) {
	for _, s := range services {
		has := false
		for n := range s.Spec.Ports {
			has = has || w.takes(&s.Spec.Ports[n])
		}
		if has && s.Spec.Type != corev1.ServiceTypeExternalName {
			with = append(with, s)
		} else {
			without = append(without, s)
		}
	}
	return with, without
}

// An address count says how many addresses the EndpointSlices have.
type addressCount struct {
	all, ready, withPort int
	examples             []string
}

func countAddresses(w wanted, found []discoveryv1.EndpointSlice) addressCount {
	var c addressCount
	for _, slice := range found {
		port, has := portIn(w, slice)
		for _, endpoint := range slice.Endpoints {
			c.all += len(endpoint.Addresses)
			if !has {
				continue
			}
			c.withPort += len(endpoint.Addresses)
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				c.ready += len(endpoint.Addresses)
			}
			for _, address := range endpoint.Addresses {
				c.examples = append(c.examples, address+port)
			}
		}
	}
	return c
}

// portIn returns the number of the port in a slice, as :8080.
func portIn(w wanted, slice discoveryv1.EndpointSlice) (number string, has bool) {
	for _, p := range slice.Ports {
		name := ""
		if p.Name != nil {
			name = *p.Name
		}
		if w.name != nil && !w.name.MatchString(name) {
			continue
		}
		if p.Port != nil {
			number = ":" + strconv.Itoa(int(*p.Port))
		}
		return number, true
	}
	return "", false
}

// explainAddresses is about the addresses behind the Services that have the port.
func (e *explainer) explainAddresses(w wanted, with []*corev1.Service, all []behind) {
	var total addressCount
	var details []string
	var lacking *behind
	seen := 0
	for n := range all {
		b := &all[n]
		if !slices.Contains(with, b.service) {
			continue
		}
		if b.err != nil {
			e.unknown("addresses", fmt.Sprintf("%s: what is behind Service %s is not known: %s.", w, pathOf(b.service), cause(b.err, "list", "endpointslices.discovery.k8s.io", b.service.Namespace)))
			continue
		}
		seen++
		c := countAddresses(w, b.slices)
		total.all, total.ready, total.withPort = total.all+c.all, total.ready+c.ready, total.withPort+c.withPort
		total.examples = append(total.examples, c.examples...)
		if c.withPort == 0 {
			lacking = b
			details = append(details, e.emptyBecause(w, b, c))
		}
	}
	switch {
	case seen == 0:
	case total.withPort > 0:
		text := fmt.Sprintf("%s: %s behind it: %s.", w, plural(total.withPort, "address is", "addresses are"), list(total.examples, maxListed))
		if total.ready < total.withPort {
			details = append(details, plural(total.withPort-total.ready, "address is", "addresses are")+" not ready; Prometheus scrapes them all the same")
		}
		e.yes("addresses", text, details...)
	default:
		what, fix := emptyProblem(w, lacking, total)
		e.no("addresses", fmt.Sprintf("%s: no address is behind it.", w), problem{stageDiscovered, what, fix}, details...)
	}
}

// emptyBecause says why nothing with the port is behind a Service.
func (e *explainer) emptyBecause(w wanted, b *behind, c addressCount) string {
	name := "Service " + pathOf(b.service)
	if c.all > 0 {
		return fmt.Sprintf("%s has %s without the port: no container declares the port %s", name, plural(c.all, "address", "addresses"), leadsTo(w, b.service))
	}
	if len(b.service.Spec.Selector) == 0 {
		return name + " has no selector, and nobody has written EndpointSlices for it"
	}
	selector := labels.SelectorFromSet(b.service.Spec.Selector)
	if e.Pods == nil {
		return fmt.Sprintf("%s has no addresses; it selects pods by %s", name, selector)
	}
	pods, err := e.Pods.Pods(e.ctx, b.service.Namespace, selector)
	switch {
	case err != nil:
		return fmt.Sprintf("%s has no addresses; whether there are pods with %s is not known: %s", name, selector, cause(err, "list", "pods", b.service.Namespace))
	case len(pods) == 0:
		return fmt.Sprintf("%s selects pods by %s, and there is none in namespace %s", name, selector, b.service.Namespace)
	}
	return fmt.Sprintf("%s selects %s: %s", name, plural(len(pods), "pod", "pods"), podWords(pods))
}

// leadsTo returns the container's port that the wanted port of a Service leads to.
func leadsTo(w wanted, s *corev1.Service) string {
	for n := range s.Spec.Ports {
		if w.takes(&s.Spec.Ports[n]) {
			return targetOf(&s.Spec.Ports[n])
		}
	}
	return w.asked
}

func emptyProblem(w wanted, b *behind, c addressCount) (what, fix string) {
	name := "Service " + pathOf(b.service)
	switch {
	case c.all > 0:
		return fmt.Sprintf("no container behind %s declares the port %s", name, leadsTo(w, b.service)), "correct targetPort of the Service, or the name of the container's port"
	case len(b.service.Spec.Selector) == 0:
		return name + " has no addresses", "write EndpointSlices for it, or give it a selector"
	}
	return name + " has no addresses", "see whether its selector, " + labelWords(b.service.Spec.Selector) + ", matches pods, and whether they run"
}
