package monitor

import (
	"fmt"
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
	"github.com/promgate/promgate/validation/part/relabel"
)

// namespaceEnforced finds the relabelings and labels that the operator overwrites with the namespace
// of the object.
func namespaceEnforced(o *Object, snapshot validation.Snapshot) []validation.Finding {
	label := o.judged(snapshot).EnforcedLabel
	namespace := o.namespace()
	if label == "" || namespace == "" {
		return nil
	}
	problem := fmt.Sprintf("%s writes %q into the label %s after all relabelings (enforcedNamespaceLabel)", part.Enforcer(snapshot.Prometheus), namespace, label)
	var found []validation.Finding
	for _, s := range o.Scrapes {
		for _, list := range []relabel.Relabelings{s.Relabelings, s.MetricRelabelings} {
			for _, r := range list.WritesInVain(label, namespace) {
				found = append(found, r.Finding(problem, "write another label, or remove the relabeling", validation.Key(r.ActionName(), r.Regex, r.TargetLabel)))
			}
		}
		found = append(found, s.overwrittenStatic(label, namespace, problem)...)
	}
	return found
}

// overwrittenStatic finds labels of static targets that no relabeling reads.
func (s Scrape) overwrittenStatic(label, namespace, problem string) []validation.Finding {
	reads := slices.ContainsFunc(slices.Concat(s.Relabelings.Preceding(), s.Relabelings.List), func(r monitoringv1.RelabelConfig) bool {
		return relabeling.MayRead(&r, label)
	})
	if reads {
		return nil
	}
	var found []validation.Finding
	for _, static := range s.Static {
		if value := static.Labels.Values[label]; value != "" && value != namespace {
			found = append(found, static.Labels.AtKey(label).Finding(problem, "write another label", value))
		}
	}
	return found
}

// namespace returns the namespace of the object.
func (o *Object) namespace() string {
	switch object := o.Raw.(type) {
	case *monitoringv1.ServiceMonitor:
		return object.Namespace
	case *monitoringv1.PodMonitor:
		return object.Namespace
	case *monitoringv1.Probe:
		return object.Namespace
	case *monitoringv1alpha1.ScrapeConfig:
		return object.Namespace
	}
	return ""
}
