package upgrade

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

var contentType = validation.Check[*instance]{
	ID: "content-type", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A scrape fails without a valid Content-Type", Since: since,
		Text: `A target that answers without a ` + "`Content-Type`" + `, or with one that Prometheus does not know, was read as text in the format of
Prometheus. From 3.0 on its scrape fails, and ` + "`up`" + ` is 0, unless ` + "`fallbackScrapeProtocol`" + ` is set: on the monitor of the target, or on a
default scrape class of the Prometheus. No object says which targets that are: ` + "`curl -sI`" + ` shows the header of a target.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		if !i.reaches(v3) || slices.ContainsFunc(i.common.ScrapeClasses, hasFallback) {
			return nil
		}
		return []validation.Finding{i.version().Finding(
			"from Prometheus 3.0 on the scrape of a target without a valid Content-Type fails",
			"set fallbackScrapeProtocol: PrometheusText0.0.4 on the monitors of such targets, or on a default scrape class", i.common.Version)}
	},
}

// hasFallback reports whether a scrape class is that of all monitors, and has a fallback.
func hasFallback(c monitoringv1.ScrapeClass) bool {
	return c.Default != nil && *c.Default && c.FallbackScrapeProtocol != nil
}
