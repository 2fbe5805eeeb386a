package upgrade

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/validation"
)

var defaultPort = validation.Check[*relabelings]{
	ID: "default-port", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The instance of a target loses its port", Since: since,
		Text: `Prometheus 2 adds the port of the scheme to a target without one, ` + "`:80` or `:443`" + `, and it becomes part of the label
` + "`instance`" + `. From 3.0 on it does not: all series of the target get another ` + "`instance`" + `, which alerts, silences and dashboards may
refer to. (With the feature flag ` + "`no-default-scrape-port`" + ` Prometheus 2 does the same.)

Write the port to keep the label as it is.`,
	},
	Run: func(all *relabelings, s validation.Snapshot) []validation.Finding {
		if !all.reaches(v3) || hasFeature(s.Prometheus.Features, "no-default-scrape-port") {
			return nil
		}
		var found []validation.Finding
		for _, t := range all.targets {
			if t.Value == "" || strings.ContainsAny(t.Value, ":/") { // with a port, or an address of IPv6
				continue
			}
			found = append(found, t.Finding(
				fmt.Sprintf("from Prometheus 3.0 on the label instance of this target is %q, without the port that Prometheus %s adds", t.Value, all.from),
				"write the port, :80 or :443", t.Value))
		}
		return found
	},
}
