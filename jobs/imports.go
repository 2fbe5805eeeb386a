package jobs

import (
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/selection"
)

// Imports returns whether one of the monitors that the selectors select may bring series that another
// Prometheus has recorded.
func (x *Index) Imports(s selection.Selectors) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for e := range x.importing {
		if !e.Replaces && x.selects(s, &e.Monitor) {
			return true
		}
	}
	return false
}

// imports reports whether a monitor may bring series that another Prometheus has recorded: by federation, or
// because it gives them such a name itself.
func imports(object any) bool {
	switch o := object.(type) {
	case *monitoringv1.ServiceMonitor:
		return slices.ContainsFunc(o.Spec.Endpoints, func(e monitoringv1.Endpoint) bool {
			return mayFederate(e.Path) || MayImport(e.RelabelConfigs, e.MetricRelabelConfigs)
		})
	case *monitoringv1.PodMonitor:
		return slices.ContainsFunc(o.Spec.PodMetricsEndpoints, func(e monitoringv1.PodMetricsEndpoint) bool {
			return mayFederate(e.Path) || MayImport(e.RelabelConfigs, e.MetricRelabelConfigs)
		})
	case *monitoringv1.Probe:
		// What a prober returns, and what relabelings of an Ingress do to its path, is about one target.
		return mayFederate(o.Spec.ProberSpec.Path) || MayImport(nil, o.Spec.MetricRelabelConfigs)
	case *monitoringv1alpha1.ScrapeConfig:
		return importsOf(&o.Spec)
	}
	return false
}

func importsOf(s *monitoringv1alpha1.ScrapeConfigSpec) bool {
	// A target from a file or from HTTP may have a path of its own.
	return s.MetricsPath != nil && mayFederate(*s.MetricsPath) || MayImport(s.RelabelConfigs, s.MetricRelabelConfigs) ||
		len(s.FileSDConfigs) > 0 || len(s.HTTPSDConfigs) > 0 ||
		slices.ContainsFunc(s.StaticConfigs, func(c monitoringv1alpha1.StaticConfig) bool { return mayFederate(c.Labels[model.MetricsPathLabel]) })
}

func mayFederate(path string) bool { return strings.Contains(path, "federate") }

// MayImport reports whether relabelings may lead to a path that federates, or metric relabelings may give a
// series the name of a record.
func MayImport(relabelings, metricRelabelings []monitoringv1.RelabelConfig) bool {
	return slices.ContainsFunc(relabelings, func(r monitoringv1.RelabelConfig) bool { return relabeling.MaySet(&r, model.MetricsPathLabel) }) ||
		slices.ContainsFunc(metricRelabelings, func(r monitoringv1.RelabelConfig) bool {
			return relabeling.MaySet(&r, model.MetricNameLabel) && strings.ContainsAny(relabeling.ReplacementOf(&r), "$:")
		})
}
