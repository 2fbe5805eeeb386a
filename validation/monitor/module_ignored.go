package monitor

import (
	"fmt"
	"slices"

	"github.com/promgate/promgate/validation"
)

var moduleIgnored = validation.Check[Probe]{
	ID: "module-ignored", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A Probe names its module twice",
		Text: `The module of the prober can be set by ` + "`module`" + ` and by a parameter of that name. Where both
are set, the operator ignores the parameter.`,
		Since: "v0.1.0",
	},
	Run: func(p Probe, _ validation.Snapshot) []validation.Finding {
		if p.Module == "" {
			return nil
		}
		var found []validation.Finding
		for i, param := range p.Params {
			if param.Name == "module" && !slices.Equal(param.Values, []string{p.Module}) {
				found = append(found, p.At("params").Index(i).Finding(
					fmt.Sprintf("the parameter module is ignored: spec.module says %q already", p.Module), "remove one of the two", p.Module))
			}
		}
		return found
	},
}
