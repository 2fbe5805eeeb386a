package relabel

import (
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// RelabelDropsAll is the check relabel-drops-all.
var RelabelDropsAll = validation.Check[Relabelings]{
	ID: "relabel-drops-all", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The relabelings drop every target",
		Text: `Prometheus accepts them, and scrapes nothing. The check warns only where that is certain for all
targets:

- ` + "`drop`" + ` with an expression that matches any text, or ` + "`keep`" + ` with an expression that cannot match,
- ` + "`drop` or `keep` without `sourceLabels`" + `, which compares an empty text,
- ` + "`labeldrop` or `labelkeep` that removes `__address__`, or `__scrape_interval__` or\n  `__scrape_timeout__`" + `, which a target has from Prometheus 2.30 on,
- a relabeling that leaves ` + "`__address__`" + ` empty,
- ` + "`keep`, `drop`, `keepequal` or `dropequal`" + ` on labels whose values are known, such as ` + "`__name__`" + `, which no
  target has, meta labels of another discovery, the port and the labels that the object selects by, the
  addresses and labels of static targets, and what an earlier relabeling keeps or sets: Prometheus' own relabeling is run with these values.

` + "`labeldrop` and `labelkeep`" + ` are mostly intended for samples, in ` + "`metricRelabelings`" + `. A target loses
its ` + "`__meta_`" + ` labels anyway.`,
		Since: "v0.1.0",
	},
	Run: func(list Relabelings, s validation.Snapshot) []validation.Finding {
		// Prometheus v0.316, scrape.PopulateLabels.
		essential := []string{model.AddressLabel}
		if s.Prometheus.Has(since.ScrapeIntervalLabels) {
			essential = append(essential, model.ScrapeIntervalLabel, model.ScrapeTimeoutLabel)
		}
		return dropsAll(list, "target", essential)
	},
}
