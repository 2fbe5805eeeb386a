package schema

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	monitoringv1beta1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1beta1"
	runtimeschema "k8s.io/apimachinery/pkg/runtime/schema"
)

// embedded are the kinds whose schemas are in crds, written by `make crds` from the Go types of
// the operator's API that promgate is built with.
var embedded = []struct {
	kind runtimeschema.GroupVersionKind
	file string
}{
	{monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusesKind), "prometheuses.json"},
	{monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PrometheusRuleKind), "prometheusrules.json"},
	{monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ServiceMonitorsKind), "servicemonitors.json"},
	{monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.PodMonitorsKind), "podmonitors.json"},
	{monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ProbesKind), "probes.json"},
	{monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.ThanosRulerKind), "thanosrulers.json"},
	{monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.PrometheusAgentsKind), "prometheusagents.json"},
	{monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.ScrapeConfigsKind), "scrapeconfigs.json"},
	{monitoringv1.SchemeGroupVersion.WithKind(monitoringv1.AlertmanagersKind), "alertmanagers.json"},
	{monitoringv1alpha1.SchemeGroupVersion.WithKind(monitoringv1alpha1.AlertmanagerConfigKind), "alertmanagerconfigs.json"},
	{monitoringv1beta1.SchemeGroupVersion.WithKind(monitoringv1beta1.AlertmanagerConfigKind), "alertmanagerconfigs.json"},
}
