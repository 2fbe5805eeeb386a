package monitor

import (
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// Checks lists the checks of all monitor kinds: those that deny, the judge, then
// those that warn.
func Checks() []validation.Check[*Object] {
	deny := []validation.Check[*Object]{
		validation.Each(part.Duration, DurationsOf),
		validation.Each(portRegex, PortsOf),
	}
	warn := []validation.Check[*Object]{}

	all := append([]validation.Check[*Object]{}, deny...)
	all = append(all, configuration(deny))
	all = append(all, warn...)
	return append(all, leftOut(append(deny, warn...)))
}
