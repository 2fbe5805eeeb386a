package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// explainNamespace is about the namespace selector of an instance.
func (e *explainer) explainNamespace(i *instance) {
	c, name, namespace := choiceOf(i.Object, e.ref.Kind), i.Ref.String(), e.ref.Namespace
	field := c.field + "NamespaceSelector"
	switch {
	case c.namespaces == nil && !i.gap.Namespace:
		e.yes("namespace-selected", fmt.Sprintf("It selects from its own namespace, %s (%s is not set).", namespace, field))
	case c.namespaces == nil:
		e.no("namespace-selected", fmt.Sprintf("It selects from its own namespace alone, %s, because %s is not set.", i.Ref.Namespace, field),
			problem{stageSelected, fmt.Sprintf("%s selects from its own namespace alone, not from %s", name, namespace),
				fmt.Sprintf("set its spec.%s ({} selects from all namespaces), or create the object in namespace %s", field, i.Ref.Namespace)})
	case !i.gap.Namespace:
		e.yes("namespace-selected", fmt.Sprintf("Its %s, %s, matches the namespace %s.", field, selectorWords(c.namespaces), namespace))
	case e.namespaceUnknown() != "":
		e.unknown("namespace-selected", fmt.Sprintf("Whether its %s, %s, matches the namespace %s is not known: %s.", field, selectorWords(c.namespaces), namespace, e.namespaceUnknown()))
		e.steps[len(e.steps)-1].problem = &problem{stageSelected, fmt.Sprintf("%s selects from namespaces with certain labels, and those of %s are not known", name, namespace), "pass the Namespace with -f, too"}
	default:
		e.no("namespace-selected", fmt.Sprintf("Its %s, %s, does not match the namespace %s, which has %s.", field, selectorWords(c.namespaces), namespace, labelWords(e.view.Labels)),
			problem{stageSelected, fmt.Sprintf("%s does not select from namespace %s", name, namespace),
				namespaceFix(c.namespaces, e.view.Labels, namespace, "change spec."+field)})
	}
}

// namespaceUnknown returns why the labels of the object's namespace are not known, or nothing.
func (e *explainer) namespaceUnknown() string {
	if e.model.Object(selection.Ref{Kind: selection.NamespaceKind, Name: e.ref.Namespace}) != nil {
		return ""
	}
	if why := e.unreadIn(selection.NamespaceKind, ""); why != "" {
		return why
	}
	if !e.Live {
		return "the files do not have the Namespace " + e.ref.Namespace
	}
	return ""
}

// namespaceFix returns the labels that a namespace lacks, if labels are enough.
func namespaceFix(s *metav1.LabelSelector, labels map[string]string, namespace, otherwise string) string {
	if len(s.MatchExpressions) > 0 {
		return otherwise
	}
	missing := map[string]string{}
	for name, value := range s.MatchLabels {
		if labels[name] != value {
			missing[name] = value
		}
	}
	return fmt.Sprintf("label the namespace %s with %s, or %s", namespace, labelWords(missing), otherwise)
}

// explainLabels is about the object selector of an instance.
func (e *explainer) explainLabels(i *instance) {
	c, name, g := choiceOf(i.Object, e.ref.Kind), i.Ref.String(), i.gap
	field, words := c.field+"Selector", selectorWords(c.objects)
	switch {
	case c.objects == nil:
		e.no("labels-selected", fmt.Sprintf("It selects no %s at all, because %s is not set.", e.ref.Kind, field),
			problem{stageSelected, fmt.Sprintf("%s has no %s, so it selects no %s", name, field, e.ref.Kind), fmt.Sprintf("set its spec.%s ({} selects all)", field)})
	case !g.Never && len(g.Missing)+len(g.Different) == 0:
		e.yes("labels-selected", fmt.Sprintf("Its %s, %s, matches the labels of the object.", field, words))
	case g.Never:
		e.no("labels-selected", fmt.Sprintf("Its %s, %s, does not match the labels of the object, which has %s.", field, words, labelWords(e.object.GetLabels())),
			problem{stageSelected, fmt.Sprintf("the %s of %s, %s, does not match the labels of the object", field, name, words), "change the labels or the selector"})
	default:
		e.no("labels-selected", fmt.Sprintf("Its %s, %s, does not match the labels of the object.", field, words),
			problem{stageSelected, name + " does not select it", labelFix(g)}, labelDetails(g, e.object.GetLabels())...)
	}
}

// labelDetails says what the object has in place of each label that is needed.
func labelDetails(g selection.Gap, has map[string]string) []string {
	var details []string
	for _, name := range slices.Sorted(maps.Keys(g.Missing)) {
		details = append(details, fmt.Sprintf("%s=%s is needed, and the object does not have this label", name, g.Missing[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(g.Different)) {
		details = append(details, fmt.Sprintf("%s=%s is needed, and the object has %s=%s", name, g.Different[name], name, has[name]))
	}
	return details
}

// labelFix says which labels to add and to change.
func labelFix(g selection.Gap) string {
	var parts []string
	if len(g.Missing) > 0 {
		parts = append(parts, "add the "+verb(len(g.Missing), "label ", "labels ")+labelWords(g.Missing))
	}
	if len(g.Different) > 0 {
		parts = append(parts, "set the "+verb(len(g.Different), "label ", "labels ")+labelWords(g.Different))
	}
	return list(parts, len(parts))
}

// A choice is what an instance selects among the objects of a kind, as the user wrote it.
type choice struct {
	field               string // serviceMonitor
	objects, namespaces *metav1.LabelSelector
}

func choiceOf(object selection.Object, kind string) choice {
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		if kind == monitoringv1.PrometheusRuleKind {
			return choice{"rule", o.Spec.RuleSelector, o.Spec.RuleNamespaceSelector}
		}
		return choiceOfCommon(o.Spec.CommonPrometheusFields, kind)
	case *monitoringv1alpha1.PrometheusAgent:
		return choiceOfCommon(o.Spec.CommonPrometheusFields, kind)
	case *monitoringv1.ThanosRuler:
		return choice{"rule", o.Spec.RuleSelector, o.Spec.RuleNamespaceSelector}
	case *monitoringv1.Alertmanager:
		return choice{"alertmanagerConfig", o.Spec.AlertmanagerConfigSelector, o.Spec.AlertmanagerConfigNamespaceSelector}
	}
	return choice{}
}

func choiceOfCommon(c monitoringv1.CommonPrometheusFields, kind string) choice {
	switch kind {
	case monitoringv1.ServiceMonitorsKind:
		return choice{"serviceMonitor", c.ServiceMonitorSelector, c.ServiceMonitorNamespaceSelector}
	case monitoringv1.PodMonitorsKind:
		return choice{"podMonitor", c.PodMonitorSelector, c.PodMonitorNamespaceSelector}
	case monitoringv1.ProbesKind:
		return choice{"probe", c.ProbeSelector, c.ProbeNamespaceSelector}
	case monitoringv1alpha1.ScrapeConfigsKind:
		return choice{"scrapeConfig", c.ScrapeConfigSelector, c.ScrapeConfigNamespaceSelector}
	}
	return choice{}
}

// selectorWords returns a selector as kubectl prints it.
func selectorWords(s *metav1.LabelSelector) string {
	if s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		return "{}"
	}
	return metav1.FormatLabelSelector(s)
}

// labelWords returns labels as kubectl prints them.
func labelWords(labels map[string]string) string {
	if len(labels) == 0 {
		return "no labels"
	}
	var words []string
	for name, value := range labels {
		words = append(words, name+"="+value)
	}
	slices.Sort(words)
	return strings.Join(words, ",")
}
