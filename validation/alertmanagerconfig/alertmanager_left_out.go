package alertmanagerconfig

import "github.com/promgate/promgate/validation"

// alertmanagerLeftOut is what the operator minds and Alertmanager does not.
var alertmanagerLeftOut = validation.Check[*object]{
	ID: "alertmanager-left-out", Severity: validation.Warn, LeavesOut: true,
	Doc: validation.Doc{
		Title: "The operator leaves the AlertmanagerConfig out",
		Text: `Alertmanager would accept the object, but the operator (v0.93.0) does not pass it on: the whole object is left out
of the configuration, and nobody is told of the alerts that its routes are for. The operator reports that in its log and
in an Event only. One mistake in one receiver is enough.

Often the reason is a version: a field of the object needs a later Alertmanager than the one that selects the object.`,
		Since: "v0.1.0",
	},
	Run: func(o *object, s validation.Snapshot) []validation.Finding {
		found := o.named(o.judged(s).LeftOut)
		for i := range found {
			found[i].Problem = "the operator leaves out the whole object, and none of its routes is used: " + found[i].Problem
		}
		return found
	},
}
