package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A target is a port of a Service that webhooks of promgate call.
type target struct {
	namespace, name string
	port            int32
}

func (t target) String() string { return "Service " + t.namespace + "/" + t.name }

// targets returns the Services that promgate's webhooks call.
func (f *Facts) targets() []target {
	var all []target
	for _, h := range f.Ours() {
		if s := h.Service(); s != nil {
			if t := (target{s.Namespace, s.Name, h.Port()}); !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all
}

// service returns a Service, or nil if it does not exist.
func (f *Facts) service(s *admissionregistrationv1.ServiceReference) *corev1.Service {
	i := slices.IndexFunc(f.Services, func(o corev1.Service) bool { return o.Namespace == s.Namespace && o.Name == s.Name })
	if i < 0 {
		return nil
	}
	return &f.Services[i]
}

// examineTargets is about what is behind the webhooks: Services, endpoints, pods.
func (e *examiner) examineTargets() {
	for _, t := range e.targets() {
		e.examineService(t)
	}
	if len(e.targets()) == 0 && len(e.Ours()) > 0 {
		e.ok("service", "The webhooks call an address, not a Service. Whether something answers there is said below.")
	}
	e.examineDeployments()
	e.examineBudget()
}

func (e *examiner) examineService(t target) {
	if e.unreadable("service", "services", "Whether "+t.String()+" exists") {
		return
	}
	service := e.service(&admissionregistrationv1.ServiceReference{Namespace: t.namespace, Name: t.name})
	if service == nil {
		e.cause = fmt.Sprintf("If promgate was removed, delete its webhook configurations as well (kubectl delete validatingwebhookconfiguration,mutatingwebhookconfiguration %s); else apply promgate's manifests.", e.Name)
		e.problem("service", t.String()+" does not exist.", e.cause)
		return
	}
	i := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == t.port })
	if i < 0 {
		var ports []string
		for _, p := range service.Spec.Ports {
			ports = append(ports, strconv.Itoa(int(p.Port)))
		}
		e.cause = fmt.Sprintf("Set clientConfig.service.port of the webhooks to a port of the Service (%s), or add the port to the Service.", list(ports, mostListed))
		e.problem("service", fmt.Sprintf("%s has no port %d, which the webhooks call.", t, t.port), e.cause)
		return
	}
	e.ok("service", fmt.Sprintf("%s exists, and has the port %d.", t, t.port))
	e.examineEndpoints(t, service, service.Spec.Ports[i])
	e.examinePods(t, service, service.Spec.Ports[i])
}

// examineEndpoints is about the addresses that the API server may connect to.
func (e *examiner) examineEndpoints(t target, service *corev1.Service, port corev1.ServicePort) {
	if e.unreadable("endpoints", "endpointslices", "Whether something is behind "+t.String()) {
		return
	}
	ready, others := e.endpoints(t.namespace, t.name, port.Name)
	switch {
	case len(ready) > 0:
		e.ok("endpoints", fmt.Sprintf("%s behind it: %s.", plural(len(ready), "ready address is", "ready addresses are"), list(ready, mostListed)))
	case len(others) > 0:
		e.cause = "See why the pods are not ready, below or with kubectl describe and kubectl logs."
		e.problem("endpoints", fmt.Sprintf("No address behind %s is ready; not ready: %s.", t, list(others, mostListed)), e.cause)
	case len(service.Spec.Selector) == 0:
		e.cause = "Add an EndpointSlice with the address of promgate, or give the Service the selector of promgate's pods."
		e.problem("endpoints", t.String()+" has no selector, and no EndpointSlice names an address for it.", e.cause)
	default:
		e.cause = "See whether the pods run and are ready, and whether the selector of the Service is that of the pods."
		e.problem("endpoints", fmt.Sprintf("No address is behind %s: its selector is %s.", t, labels.Set(service.Spec.Selector)), e.cause)
	}
}

// endpoints returns the addresses behind a port of a Service: those that are ready, with the port, and the others.
func (f *Facts) endpoints(namespace, name, port string) (ready, others []string) {
	for _, s := range f.Slices {
		if s.Namespace != namespace || s.Labels[discoveryv1.LabelServiceName] != name {
			continue
		}
		number := portIn(s, port)
		for _, endpoint := range s.Endpoints {
			for _, address := range endpoint.Addresses {
				if strings.Contains(address, ":") { // IPv6
					address = "[" + address + "]"
				}
				if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
					ready = append(ready, fmt.Sprintf("%s:%d", address, number))
				} else {
					others = append(others, address)
				}
			}
		}
	}
	return ready, others
}

func portIn(s discoveryv1.EndpointSlice, name string) int32 {
	for _, p := range s.Ports {
		if p.Port != nil && (p.Name == nil && name == "" || p.Name != nil && *p.Name == name) {
			return *p.Port
		}
	}
	return 0
}

// examinePods is about the pods that the Service selects.
func (e *examiner) examinePods(t target, service *corev1.Service, port corev1.ServicePort) {
	if len(service.Spec.Selector) == 0 || e.unreadable("pods", "pods", "Which pods "+t.String()+" selects") {
		return
	}
	selector := labels.SelectorFromSet(service.Spec.Selector)
	found, portless := 0, []string(nil)
	for _, p := range e.Pods {
		if p.Namespace != t.namespace || !selector.Matches(labels.Set(p.Labels)) {
			continue
		}
		found++
		if !hasPort(p, port) {
			portless = append(portless, p.Name)
		}
		if reasons := unready(p); len(reasons) > 0 {
			e.problem("pods", fmt.Sprintf("Pod %s/%s is not ready.", p.Namespace, p.Name), "See kubectl describe pod and kubectl logs; /readyz of promgate says why it is not ready.", reasons...)
		}
	}
	switch {
	case found == 0:
		e.problem("pods", fmt.Sprintf("No pod in namespace %s has the labels %s, which %s selects.", t.namespace, labels.Set(service.Spec.Selector), t), "Make the selector of the Service that of the pods, or scale the Deployment up.")
	case len(portless) > 0:
		e.problem("pods", fmt.Sprintf("The targetPort %s of %s is no port of the containers of %s.", port.TargetPort.String(), t, list(portless, 2)), "Make targetPort the name of a port of the container.")
	default:
		e.ok("pods", fmt.Sprintf("It selects %s, with the port %s.", plural(found, "pod", "pods"), port.TargetPort.String()))
	}
}

// hasPort reports whether a pod has the port that a Service forwards to. A number needs no declaration.
func hasPort(p corev1.Pod, port corev1.ServicePort) bool {
	if port.TargetPort.StrVal == "" {
		return true
	}
	return slices.ContainsFunc(p.Spec.Containers, func(c corev1.Container) bool {
		return slices.ContainsFunc(c.Ports, func(o corev1.ContainerPort) bool { return o.Name == port.TargetPort.StrVal })
	})
}

// unready returns why a pod is not ready, as its status says.
func unready(p corev1.Pod) []string {
	if p.DeletionTimestamp != nil || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return nil // about to go, or evicted; the Deployment replaces it
	}
	var reasons []string
	for _, c := range p.Status.Conditions {
		if (c.Type == corev1.PodReady || c.Type == corev1.PodScheduled) && c.Status != corev1.ConditionTrue {
			reasons = append(reasons, said(string(c.Type)+" is "+string(c.Status), c.Reason, c.Message))
		}
	}
	if len(reasons) == 0 && p.Status.Phase != corev1.PodRunning {
		reasons = append(reasons, "its phase is "+string(p.Status.Phase))
	}
	if len(reasons) == 0 {
		return nil
	}
	for _, c := range p.Status.ContainerStatuses {
		if w := c.State.Waiting; w != nil {
			reasons = append(reasons, said("container "+c.Name+" waits", w.Reason, w.Message))
		}
		if w := c.LastTerminationState.Terminated; w != nil {
			reasons = append(reasons, said(fmt.Sprintf("container %s ended with status %d", c.Name, w.ExitCode), w.Reason, w.Message))
		}
	}
	return reasons
}

// said joins a state with the reason and the message that an object gives for it.
func said(state string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
	return strings.Join(append([]string{state}, parts...), ": ")
}

// examineDeployments is about the replicas of promgate.
func (e *examiner) examineDeployments() {
	if e.unreadable("replicas", "deployments", "Whether promgate's replicas are ready") {
		return
	}
	for _, d := range e.Deployments {
		command := commandOf(d)
		if command == "" {
			continue
		}
		name := fmt.Sprintf("Deployment %s/%s (promgate %s)", d.Namespace, d.Name, command)
		wanted := int32(1)
		if d.Spec.Replicas != nil {
			wanted = *d.Spec.Replicas
		}
		ready := fmt.Sprintf("%s: %d of %s ready.", name, d.Status.ReadyReplicas, plural(int(wanted), "replica is", "replicas are"))
		switch {
		case wanted == 0:
			e.problem("replicas", name+" is scaled to 0.", "Scale it up.")
		case d.Status.ReadyReplicas < wanted:
			e.problem("replicas", ready, "See kubectl describe deployment, and the pods.", conditionsOf(d)...)
		default:
			e.ok("replicas", ready)
		}
		e.examineVersion(d, name)
	}
}

// examineVersion is about replicas of another version, by the tag of their image: then the permissions, and what the
// configuration may contain, are those of another version, too.
func (e *examiner) examineVersion(d appsv1.Deployment, name string) {
	for _, c := range d.Spec.Template.Spec.Containers {
		tag := tagOf(c.Image)
		if nameOfImage(c.Image) == "promgate" && (older(tag, e.Version) || older(e.Version, tag)) {
			e.unknown("version", fmt.Sprintf("%s runs the version %s, and promgate doctor is of %s: what it says of permissions and of the configuration is about the latter.", name, tag, e.Version), "Use the promgate doctor of the version that runs.")
		}
	}
}

func conditionsOf(d appsv1.Deployment) []string {
	var all []string
	for _, c := range d.Status.Conditions {
		bad := c.Status != corev1.ConditionTrue
		if c.Type == appsv1.DeploymentReplicaFailure {
			bad = !bad
		}
		if bad {
			all = append(all, said(string(c.Type)+" is "+string(c.Status), c.Reason, c.Message))
		}
	}
	return all
}

// commandOf returns the subcommand that a Deployment of promgate runs, or nothing for another Deployment.
func commandOf(d appsv1.Deployment) string {
	for _, c := range d.Spec.Template.Spec.Containers {
		if c.Name != "promgate" && d.Labels["app.kubernetes.io/name"] != "promgate" {
			continue
		}
		for _, known := range []string{"serve", "reconcile", "audit"} {
			if slices.Contains(append(slices.Clone(c.Command), c.Args...), known) {
				return known
			}
		}
	}
	return ""
}

// examineBudget is about the replicas that a drain of nodes leaves.
func (e *examiner) examineBudget() {
	if e.Unread["poddisruptionbudgets"] != "" || e.Unread["deployments"] != "" {
		return
	}
	for _, d := range e.Deployments {
		if commandOf(d) != "serve" {
			continue
		}
		i := slices.IndexFunc(e.Budgets, func(b policyv1.PodDisruptionBudget) bool {
			s, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
			return err == nil && b.Namespace == d.Namespace && s.Matches(labels.Set(d.Spec.Template.Labels))
		})
		if i >= 0 {
			e.ok("disruption", fmt.Sprintf("PodDisruptionBudget %s/%s keeps drains of nodes from ending all replicas at once.", d.Namespace, e.Budgets[i].Name))
		} else if e.anyFails() {
			e.problem("disruption", "No PodDisruptionBudget covers the replicas, and failurePolicy is Fail: a drain of nodes may end all of them, and then no object can be applied.", "Apply the PodDisruptionBudget of promgate's manifests.")
		}
	}
}

func (e *examiner) anyFails() bool { return slices.ContainsFunc(e.Ours(), Hook.fails) }
