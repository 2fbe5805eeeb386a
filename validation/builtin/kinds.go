// Package builtin lists the kinds that promgate has checks for. Like all of
// validation it is pure.
package builtin

import (
	"slices"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/alertmanager"
	"github.com/promgate/promgate/validation/alertmanagerconfig"
	"github.com/promgate/promgate/validation/file"
	"github.com/promgate/promgate/validation/instance"
	"github.com/promgate/promgate/validation/namespace"
	"github.com/promgate/promgate/validation/podmonitor"
	"github.com/promgate/promgate/validation/probe"
	"github.com/promgate/promgate/validation/rule"
	"github.com/promgate/promgate/validation/scrapeconfig"
	"github.com/promgate/promgate/validation/servicemonitor"
)

// Kinds lists every kind that has checks.
func Kinds() []validation.Kind {
	selected := []validation.Kind{rule.Kind(), servicemonitor.Kind(), podmonitor.Kind(), probe.Kind(), scrapeconfig.Kind()}
	return slices.Concat(selected, alertmanagerconfig.Kinds(), instance.Kinds(), []validation.Kind{alertmanager.Kind()})
}

// AtAdmission lists the kinds that a webhook is called for: besides those of [Kinds] the Namespace, of which only an update
// has findings.
func AtAdmission() []validation.Kind { return append(Kinds(), namespace.Kind()) }

// Checks lists the checks of all kinds, each once, in the order of the lists.
func Checks() []validation.Info {
	var all []validation.Info
	listed := map[string]bool{}
	for _, k := range Kinds() {
		for _, c := range k.Checks {
			if !listed[c.ID] {
				all = append(all, c)
			}
			listed[c.ID] = true
		}
	}
	return append(all, file.Checks()...)
}
