package relabel

import (
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

var MetricRelabelDropsAll = validation.Check[Relabelings]{
	ID: "metric-relabel-drops-all", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The relabelings of metrics drop every sample",
		Text: `Prometheus takes them, scrapes, and keeps nothing: only ` + "`up`" + ` and the other series about the
scrape itself are left. The check speaks only where that is certain, whatever the samples are:

- ` + "`drop`" + ` with an expression that matches any text, or ` + "`keep`" + ` with one that cannot match,
- ` + "`drop` or `keep` without `sourceLabels`" + `, which compares an empty text,
- ` + "`labeldrop` or `labelkeep` that takes `__name__`" + ` away: a sample without a name fails the whole
  scrape.

Write which samples to drop, or remove the endpoint if nothing of it is needed.`,
		Since: "v0.1.0",
	},
	Run: func(list Relabelings, _ validation.Snapshot) []validation.Finding {
		return dropsAll(list, "sample", []string{model.MetricNameLabel})
	},
}
