package explain

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
)

// explainTargets is about what the object describes: what there is to scrape, or which rules there
// are.
func (e *explainer) explainTargets() {
	e.section = "Targets"
	switch o := e.object.(type) {
	case *monitoringv1.ServiceMonitor:
		e.explainServices(o)
	case *monitoringv1.PodMonitor:
		e.explainPods(o)
	case *monitoringv1.Probe:
		e.explainProbe(o)
	case *monitoringv1alpha1.ScrapeConfig:
		e.explainDiscoveries(o)
	}
}

// explainProbe is about the targets of a Probe. A check says what is wrong with them.
func (e *explainer) explainProbe(p *monitoringv1.Probe) {
	if s := p.Spec.Targets.StaticConfig; s != nil && len(s.Targets) > 0 {
		e.yes("targets", fmt.Sprintf("It probes %s through %s: %s.", plural(len(s.Targets), "static target", "static targets"), p.Spec.ProberSpec.URL, list(s.Targets, maxListed)))
		return
	}
	if p.Spec.Targets.Ingress != nil {
		e.unknown("targets", fmt.Sprintf("It probes the hosts of Ingresses through %s. promgate does not read Ingresses.", p.Spec.ProberSpec.URL))
	}
}

// explainDiscoveries is about how a ScrapeConfig finds targets.
func (e *explainer) explainDiscoveries(c *monitoringv1alpha1.ScrapeConfig) {
	static := 0
	for _, s := range c.Spec.StaticConfigs {
		static += len(s.Targets)
	}
	var ways []string
	if static > 0 {
		ways = append(ways, plural(static, "static target", "static targets"))
	}
	ways = append(ways, discoveriesOf(c)...)
	if len(ways) == 0 {
		e.no("targets", "It has neither static targets nor a discovery.", problem{stageDiscovered, "it describes no targets", "add staticConfigs or a discovery"})
		return
	}
	e.yes("targets", fmt.Sprintf("It finds targets by %s.", list(ways, len(ways))))
}

// discoveriesOf returns the fields of the discoveries that a ScrapeConfig has.
func discoveriesOf(c *monitoringv1alpha1.ScrapeConfig) []string {
	var ways []string
	for field, value := range reflect.ValueOf(c.Spec).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if strings.HasSuffix(name, "SDConfigs") && value.Kind() == reflect.Slice && value.Len() > 0 {
			ways = append(ways, name)
		}
	}
	slices.Sort(ways)
	return ways
}
