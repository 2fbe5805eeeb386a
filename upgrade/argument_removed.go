package upgrade

import (
	"fmt"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

var argumentRemoved = validation.Check[*instance]{
	ID: "argument-removed", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus does not know a command-line flag", Since: since,
		Text: `Prometheus does not start with a command-line flag that it does not know. The operator passes on what
` + "`additionalArgs`" + ` has. The flags are those of the sources of each release.

Remove the argument, or replace it.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for n, a := range i.common.AdditionalArgs {
			release, lost := i.lost(dialect.ArgumentSpans(a.Name))
			if !lost {
				continue
			}
			fix := "remove it"
			if instead := argumentsInstead[a.Name]; instead != "" {
				fix = instead
			}
			found = append(found, spec.At("additionalArgs").Index(n).At("name").Finding(
				fmt.Sprintf("%s the flag --%s, and does not start with it", i.without(release), a.Name), fix, a.Name))
		}
		return found
	},
}

// argumentsInstead says what replaces a command-line flag (v0.55.0, cmd/prometheus/main.go, their help texts).
var argumentsInstead = map[string]string{
	"alertmanager.timeout":                  "remove it: it had no effect",
	"storage.tsdb.allow-overlapping-blocks": "remove it: overlapping blocks are allowed without it",
	"storage.tsdb.retention":                "set retention of the Prometheus instead",
}
