package monitor

import (
	"fmt"
	"strconv"

	"github.com/promgate/promgate/validation"
)

var limitNegative = validation.Check[Bounds]{
	ID: "limit-negative", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A limit is below zero",
		Text: `Prometheus cannot read a limit below zero, and refuses its whole configuration.

For no limit write ` + "`0`" + `, or omit the field.`,
		Since: "v0.1.0",
	},
	Run: func(b Bounds, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, l := range b.limits() {
			if l.value == nil || *l.value >= 0 || !s.Prometheus.Has(l.since) {
				continue
			}
			found = append(found, b.At(l.name).Finding(fmt.Sprintf("%d is below zero", *l.value),
				"write 0 for no limit, or remove the field", strconv.FormatInt(*l.value, 10)))
		}
		return found
	},
}
