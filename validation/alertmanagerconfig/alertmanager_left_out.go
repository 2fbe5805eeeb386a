package alertmanagerconfig

import "github.com/promgate/promgate/validation"

// alertmanagerLeftOut is what the operator minds for the version of the Alertmanager.
var alertmanagerLeftOut = validation.Check[*object]{
	ID: "alertmanager-left-out", Severity: validation.Warn, LeavesOut: true,
	Doc: validation.Doc{
		Title: "The Alertmanager is too old for the AlertmanagerConfig",
		Text: `A field of the object needs a later Alertmanager than the one that selects the object. The operator (v0.93.0) then
leaves the whole object out of the configuration, and nobody is told of the alerts that its routes are for. It reports
that in its log and in an Event only.

Upgrade the Alertmanager, or remove the field.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding {
		return o.named(o.judged(s).LeftOut)
	},
}
