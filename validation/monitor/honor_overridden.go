package monitor

import "github.com/promgate/promgate/validation"

var honorOverridden = validation.Check[Scrape]{
	ID: "honor-overridden", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The Prometheus overrides what an object sets",
		Text: `The Prometheus that selects the object has ` + "`overrideHonorLabels`" + ` or ` + "`overrideHonorTimestamps`" + `, with which
the operator ignores ` + "`honorLabels: true`" + ` or ` + "`honorTimestamps: true`" + `:

- labels that a target exposes and that Prometheus sets too, such as ` + "`namespace`" + `, ` + "`pod`" + ` or ` + "`job`" + `, are
  renamed to ` + "`exported_namespace`" + ` and so on, whatever a federation or an exporter needs,
- timestamps that a target exposes are replaced by the time of the scrape.

Remove the field, and use the names with ` + "`exported_`" + `, or ask who runs the Prometheus.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, snapshot validation.Snapshot) []validation.Finding {
		p := snapshot.Prometheus
		var found []validation.Finding
		if s.HonorLabels && p.Scraping.OverridesHonorLabels {
			found = append(found, s.At("honorLabels").Finding(
				"Prometheus "+p.Name+" overrides it (overrideHonorLabels): labels of the target that conflict get the prefix exported_",
				"remove it, and use the labels with the prefix", ""))
		}
		if s.HonorTimestamps != nil && *s.HonorTimestamps && p.Scraping.OverridesHonorTimestamps {
			found = append(found, s.At("honorTimestamps").Finding(
				"Prometheus "+p.Name+" overrides it (overrideHonorTimestamps): timestamps of the target are ignored",
				"remove it", ""))
		}
		return found
	},
}
