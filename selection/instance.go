package selection

import (
	"fmt"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// OfInstance reads the selectors of a Prometheus, PrometheusAgent, ThanosRuler or Alertmanager.
func OfInstance(object Object) (Selectors, error) {
	switch o := object.(type) {
	case *monitoringv1.Prometheus:
		return Of(o)
	case *monitoringv1alpha1.PrometheusAgent:
		return OfAgent(o)
	case *monitoringv1.ThanosRuler:
		return OfThanosRuler(o)
	case *monitoringv1.Alertmanager:
		return OfAlertmanager(o)
	}
	return nil, fmt.Errorf("a %T selects nothing", object)
}

// MaySelect reports whether instances of a kind can have a selector for objects of another kind: a
// ThanosRuler selects rules alone, an Alertmanager AlertmanagerConfigs alone, and a PrometheusAgent selects no rules.
func MaySelect(instance, kind string) bool {
	if instance == monitoringv1.AlertmanagersKind || kind == monitoringv1alpha1.AlertmanagerConfigKind {
		return instance == monitoringv1.AlertmanagersKind && kind == monitoringv1alpha1.AlertmanagerConfigKind
	}
	if kind == monitoringv1.PrometheusRuleKind {
		return instance != monitoringv1alpha1.PrometheusAgentsKind
	}
	return instance != monitoringv1.ThanosRulerKind
}
