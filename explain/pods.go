package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// podWords counts pods by their phase: 2 Running, 1 Pending (Unschedulable).
func podWords(pods []corev1.Pod) string {
	counts := map[string]int{}
	for n := range pods {
		counts[stateOf(&pods[n])]++
	}
	var words []string
	for _, state := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, fmt.Sprintf("%d %s", counts[state], state))
	}
	return list(words, maxListed)
}

// stateOf returns the phase of a pod, and why it does not run.
func stateOf(pod *corev1.Pod) string {
	phase := cmp.Or(string(pod.Status.Phase), "Unknown")
	for _, s := range pod.Status.ContainerStatuses {
		if s.State.Waiting != nil && s.State.Waiting.Reason != "" {
			return phase + " (" + s.State.Waiting.Reason + ")"
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && c.Reason != "" {
			return phase + " (" + c.Reason + ")"
		}
	}
	if phase == string(corev1.PodRunning) && !isReady(pod) {
		return phase + " (not ready)"
	}
	return phase
}

func isReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// isScraped reports whether Prometheus scrapes a pod: it has an address, and it has not ended where
// only running pods count (filterRunning).
func isScraped(pod *corev1.Pod, running bool) bool {
	ended := pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
	return pod.Status.PodIP != "" && (!running || !ended)
}

// containerPorts lists the ports that the containers of pods declare: http (8080).
func containerPorts(pods []corev1.Pod) string {
	names := map[string]bool{}
	for n := range pods {
		for _, c := range slices.Concat(pods[n].Spec.Containers, pods[n].Spec.InitContainers) {
			for _, p := range c.Ports {
				names[fmt.Sprintf("%s (%d)", cmp.Or(p.Name, "a port without a name"), p.ContainerPort)] = true
			}
		}
	}
	if len(names) == 0 {
		return "no ports"
	}
	return list(slices.Sorted(maps.Keys(names)), maxListed)
}

// explainPods is about the pods of a PodMonitor, and their ports.
func (e *explainer) explainPods(m *monitoringv1.PodMonitor) {
	e.section = "Targets"
	selector, err := metav1.LabelSelectorAsSelector(&m.Spec.Selector)
	if err != nil || len(m.Spec.PodMetricsEndpoints) == 0 {
		return // a check says so
	}
	where := e.ownNamespaceAlone(scopeOf(m.Spec.NamespaceSelector, m.Namespace))
	if e.Pods == nil {
		return
	}
	e.explainAccess(where)
	pods, why := e.podsWith(selector, where)
	text := selectorText(selector)
	switch {
	case len(pods) == 0 && why != "":
		e.unknown("pods", fmt.Sprintf("Whether its selector, %s, matches a pod %s is not known: %s.", text, where, why))
		return
	case len(pods) == 0:
		e.no("pods", fmt.Sprintf("Its selector, %s, matches no pod %s.", text, where),
			problem{stageDiscovered, fmt.Sprintf("no pod %s has the labels %s", where, text), "correct spec.selector or spec.namespaceSelector, or see whether the pods exist"})
		return
	}
	var details []string
	if why != "" {
		details = append(details, "there may be more: "+why)
	}
	e.yes("pods", fmt.Sprintf("Its selector, %s, matches %s %s: %s.", text, plural(len(pods), "pod", "pods"), where, podWords(pods)), details...)
	for n := range m.Spec.PodMetricsEndpoints {
		e.explainPodEndpoint(n, &m.Spec.PodMetricsEndpoints[n], pods)
	}
}

// podsWith returns the pods of a scope that a selector matches, and why not all of them are known.
func (e *explainer) podsWith(selector labels.Selector, where scope) (pods []corev1.Pod, why string) {
	namespaces := where.names
	if namespaces == nil {
		namespaces = []string{""}
	}
	for _, namespace := range namespaces {
		found, err := e.Pods.Pods(e.ctx, namespace, selector)
		if err != nil {
			why = cause(err, "list", "pods", namespace)
		}
		pods = append(pods, found...)
	}
	return pods, why
}
