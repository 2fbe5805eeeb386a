package promconfig

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// ResourceName returns the name that the operator (v0.93.0) gives to the Secret with the configuration
// of an instance and to its StatefulSet. The names of its other objects begin with it.
func ResourceName(kind, instance string) string {
	switch kind {
	case monitoringv1alpha1.PrometheusAgentsKind:
		return "prom-agent-" + instance
	case monitoringv1.ThanosRulerKind:
		return "thanos-ruler-" + instance
	}
	return "prometheus-" + instance
}
