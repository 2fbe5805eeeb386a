package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A containerPort is the port of a container that an endpoint asks for: by a name, which is a regular
// expression, or by a number. The zero value is any port.
type containerPort struct {
	asked  string
	name   *regexp.Regexp
	number int32
}

// newContainerPort returns a port. ok is false if the name does not compile, of which a check says more.
func newContainerPort(name string, number int32) (p containerPort, ok bool) {
	if name == "" && number != 0 {
		return containerPort{asked: strconv.Itoa(int(number)), number: number}, true
	}
	if name == "" {
		return containerPort{}, true
	}
	p.asked = name
	p.name, ok = anchored(name)
	return p, ok
}

// anchored compiles an expression as relabelings do.
func anchored(expression string) (*regexp.Regexp, bool) {
	compiled, err := regexp.Compile("^(?s:" + expression + ")$")
	return compiled, err == nil
}

// declaredBy reports whether a container of a pod declares the port.
func (p containerPort) declaredBy(pod *corev1.Pod) bool {
	if p.asked == "" {
		return true
	}
	for _, c := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
		for _, declared := range c.Ports {
			if p.name != nil && p.name.MatchString(declared.Name) || p.name == nil && declared.ContainerPort == p.number {
				return true
			}
		}
	}
	return false
}

// podPort returns the port that an endpoint of a PodMonitor asks for.
func podPort(e *monitoringv1.PodMetricsEndpoint) (containerPort, bool) {
	old := e.TargetPort //nolint:staticcheck // deprecated, and in use
	switch {
	case e.Port != nil && *e.Port != "":
		return newContainerPort(*e.Port, 0)
	case e.PortNumber != nil && *e.PortNumber != 0:
		return newContainerPort("", *e.PortNumber)
	case old != nil:
		return newContainerPort(old.StrVal, old.IntVal)
	}
	return containerPort{}, true
}

// explainPodEndpoint is about the port of one endpoint of a PodMonitor.
func (e *explainer) explainPodEndpoint(n int, endpoint *monitoringv1.PodMetricsEndpoint, pods []corev1.Pod) {
	port, ok := podPort(endpoint)
	if !ok {
		return
	}
	e.explainDeclared(fmt.Sprintf("podMetricsEndpoints[%d]", n), port, pods, endpoint.FilterRunning == nil || *endpoint.FilterRunning)
}

// explainContainerPort is about an endpoint of a ServiceMonitor that asks for a port of the containers
// behind the Services. A Service need not lead to it: Prometheus finds all ports that the containers
// behind an address declare.
func (e *explainer) explainContainerPort(w wanted, port containerPort, services, with []*corev1.Service) {
	if e.Pods == nil {
		if len(with) > 0 {
			e.yes("port", fmt.Sprintf("%s: %s %s to it.", w, list(namesOf(with), maxListed), verb(len(with), "leads", "lead")))
			return
		}
		e.unknown("port", fmt.Sprintf("%s: no Service leads to it. Prometheus scrapes it all the same if a container declares it, which is not known.", w))
		return
	}
	var pods []corev1.Pod
	for _, s := range services[:min(len(services), maxBehind)] {
		if len(s.Spec.Selector) == 0 || s.Spec.Type == corev1.ServiceTypeExternalName {
			continue
		}
		found, err := e.Pods.Pods(e.ctx, s.Namespace, labels.SelectorFromSet(s.Spec.Selector))
		if err != nil {
			e.unknown("port", fmt.Sprintf("%s: whether a container declares it is not known: %s.", w, cause(err, "list", "pods", s.Namespace)))
			return
		}
		pods = append(pods, found...)
	}
	if len(pods) == 0 {
		e.no("port", fmt.Sprintf("%s: no pods are behind the Services.", w), problem{
			stageDiscovered, "no pods are behind " + list(namesOf(services), maxListed),
			"see whether the selector of the Service matches the pods, and whether they exist",
		})
		return
	}
	e.explainDeclared(w.place, port, pods, true)
}

// explainDeclared is about the pods that declare the port of an endpoint, and whether they can be
// scraped.
func (e *explainer) explainDeclared(place string, port containerPort, pods []corev1.Pod, running bool) {
	asked := "port " + port.asked
	if port.asked == "" {
		asked = "all ports"
	}
	var with []corev1.Pod
	scraped := 0
	for n := range pods {
		if !port.declaredBy(&pods[n]) {
			continue
		}
		with = append(with, pods[n])
		if isScraped(&pods[n], running) {
			scraped++
		}
	}
	switch {
	case len(with) == 0:
		e.no("port", fmt.Sprintf("%s, %s: no container of the pods declares it. They declare %s.", place, asked, containerPorts(pods)), problem{
			stageDiscovered, fmt.Sprintf("no container of the pods declares the %s of %s", asked, place),
			"ask for a port that the containers declare, or declare it there",
		})
	case scraped == 0:
		e.no("port", fmt.Sprintf("%s, %s: no pod with it can be scraped: %s.", place, asked, podWords(with)), problem{
			stageDiscovered, fmt.Sprintf("no pod with the %s of %s runs", asked, place), "see why the pods do not run",
		})
	default:
		e.yes("port", fmt.Sprintf("%s, %s: %s it and can be scraped.", place, asked, plural(scraped, "pod has", "pods have")))
	}
}
