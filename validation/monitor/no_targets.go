package monitor

import (
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"

	"github.com/promgate/promgate/validation"
)

var noTargets = validation.Check[*Object]{
	ID: "no-targets", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An object has no targets",
		Text: `A ScrapeConfig without a discovery and without static targets scrapes nothing. A Probe without
` + "`targets.staticConfig` and `targets.ingress`" + ` is left out by the operator, and a Probe with an empty
list of static targets probes nothing.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, _ validation.Snapshot) []validation.Finding {
		if o.Probe != nil {
			return o.Probe.noTargets()
		}
		if _, ok := o.Raw.(*monitoringv1alpha1.ScrapeConfig); !ok {
			return nil
		}
		var found []validation.Finding
		for _, s := range o.Scrapes {
			if len(s.Discoveries) == 0 && !hasTarget(s.Static) {
				found = append(found, s.Finding("the object names no targets, so nothing is scraped",
					"add staticConfigs with targets, or a discovery such as kubernetesSDConfigs", ""))
			}
		}
		return found
	},
}

func hasTarget(static []Static) bool {
	for _, s := range static {
		if len(s.Targets) > 0 {
			return true
		}
	}
	return false
}

func (p Probe) noTargets() []validation.Finding {
	switch targets := p.Targets; {
	case targets.StaticConfig == nil && targets.Ingress == nil:
		return []validation.Finding{p.At("targets").Finding("the Probe names no targets, and the operator leaves it out",
			"add staticConfig or ingress", "")}
	case targets.StaticConfig != nil && len(targets.StaticConfig.Targets) == 0:
		return []validation.Finding{p.At("targets", "staticConfig", "static").Finding("the list of targets is empty, so nothing is probed",
			"name the targets to probe", "")}
	}
	return nil
}
