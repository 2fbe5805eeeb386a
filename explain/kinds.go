package explain

import (
	"fmt"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/selection"
)

// shortNames are those of the operator's CRDs (v0.95.1).
var shortNames = map[string]string{
	"smon":     monitoringv1.ServiceMonitorsKind,
	"pmon":     monitoringv1.PodMonitorsKind,
	"prb":      monitoringv1.ProbesKind,
	"scfg":     monitoringv1alpha1.ScrapeConfigsKind,
	"promrule": monitoringv1.PrometheusRuleKind,
	"amcfg":    monitoringv1alpha1.AlertmanagerConfigKind,
}

// kinds returns the kinds that can be explained. An AlertmanagerConfig is one in both of its versions.
func kinds() []selection.Kind {
	return slices.DeleteFunc(selection.AllKinds(), func(k selection.Kind) bool { return !k.Selectable })
}

// KindNamed returns the kind that a user means, as kubectl reads it: in the singular or the plural,
// by its short name, in any case, and with or without the group.
func KindNamed(name string) (string, error) {
	lower := strings.ToLower(name)
	resource, group, qualified := strings.Cut(lower, ".")
	for _, kind := range kinds() {
		if qualified && group != kind.Group && group != kind.Version+"."+kind.Group {
			continue
		}
		singular := strings.ToLower(kind.Kind)
		if resource == singular || resource == singular+"s" || shortNames[resource] == kind.Kind {
			return kind.Kind, nil
		}
	}
	var names []string
	for _, kind := range kinds() {
		names = append(names, strings.ToLower(kind.Kind))
	}
	return "", fmt.Errorf("%q is not a kind that can be explained: the kinds are %s", name, strings.Join(slices.Compact(names), ", "))
}
