package relabel

import (
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

// MetricRelabelDropsAll is the check metric-relabel-drops-all.
var MetricRelabelDropsAll = validation.Check[Relabelings]{
	ID: "metric-relabel-drops-all", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The relabelings of metrics drop every sample",
		Text: `Prometheus accepts them, scrapes, and stores nothing but ` + "`up`" + ` and the other series about the
scrape itself. The check warns only where that is certain for all samples:

- ` + "`drop`" + ` with an expression that matches any text, or ` + "`keep`" + ` with an expression that cannot match,
- ` + "`drop` or `keep` without `sourceLabels`" + `, which compares an empty text,
- ` + "`labeldrop` or `labelkeep` that removes `__name__`" + `: a sample without a name fails the whole
  scrape,
- a relabeling that leaves ` + "`__name__`" + ` empty,
- ` + "`keep`" + ` or ` + "`drop`" + ` on labels whose values are known, such as ` + "`__address__` and the `__meta_`" + ` labels, which
  no sample has, and what an earlier relabeling keeps or sets.

Write which samples to drop, or remove the endpoint if you need none of them.`,
		Since: "v0.1.0",
	},
	Run: func(list Relabelings, _ validation.Snapshot) []validation.Finding {
		return dropsAll(list, "sample", []string{model.MetricNameLabel})
	},
}
