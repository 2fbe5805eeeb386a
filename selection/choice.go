package selection

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Choice is a pair of selectors of an instance, as they are written.
type Choice struct {
	// Kind is that of the selected objects, and Field the beginning of the names of both fields: rule for ruleSelector and
	// ruleNamespaceSelector.
	Kind, Field string

	Objects, Namespaces *metav1.LabelSelector
}

// ChoicesOf returns the selectors of an instance, for each kind that it can select.
func ChoicesOf(instance Object) []Choice {
	switch o := instance.(type) {
	case *monitoringv1.Prometheus:
		rules := Choice{monitoringv1.PrometheusRuleKind, "rule", o.Spec.RuleSelector, o.Spec.RuleNamespaceSelector}
		return append(monitorChoices(o.Spec.CommonPrometheusFields), rules)
	case *monitoringv1alpha1.PrometheusAgent:
		return monitorChoices(o.Spec.CommonPrometheusFields)
	case *monitoringv1.ThanosRuler:
		return []Choice{{monitoringv1.PrometheusRuleKind, "rule", o.Spec.RuleSelector, o.Spec.RuleNamespaceSelector}}
	case *monitoringv1.Alertmanager:
		return []Choice{{monitoringv1alpha1.AlertmanagerConfigKind, "alertmanagerConfig", o.Spec.AlertmanagerConfigSelector, o.Spec.AlertmanagerConfigNamespaceSelector}}
	}
	return nil
}

func monitorChoices(p monitoringv1.CommonPrometheusFields) []Choice {
	return []Choice{
		{monitoringv1.ServiceMonitorsKind, "serviceMonitor", p.ServiceMonitorSelector, p.ServiceMonitorNamespaceSelector},
		{monitoringv1.PodMonitorsKind, "podMonitor", p.PodMonitorSelector, p.PodMonitorNamespaceSelector},
		{monitoringv1.ProbesKind, "probe", p.ProbeSelector, p.ProbeNamespaceSelector},
		{monitoringv1alpha1.ScrapeConfigsKind, "scrapeConfig", p.ScrapeConfigSelector, p.ScrapeConfigNamespaceSelector},
	}
}
