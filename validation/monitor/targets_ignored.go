package monitor

import "github.com/promgate/promgate/validation"

var targetsIgnored = validation.Check[Probe]{
	ID: "targets-ignored", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A Probe has two kinds of targets",
		Text: `If ` + "`targets.staticConfig` and `targets.ingress`" + ` are both set, the operator uses only the static
targets. The Ingresses are not probed.

Split the object into two Probes.`,
		Since: "v0.1.0",
	},
	Run: func(p Probe, _ validation.Snapshot) []validation.Finding {
		if p.Targets.StaticConfig == nil || p.Targets.Ingress == nil {
			return nil
		}
		return []validation.Finding{p.At("targets", "ingress").Finding("no Ingress is probed: staticConfig is set too, and only that counts",
			"create a separate Probe for the Ingresses, or remove one of the two", "")}
	},
}
