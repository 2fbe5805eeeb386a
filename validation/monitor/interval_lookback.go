package monitor

import (
	"fmt"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

var intervalLookback = validation.Check[Scrape]{
	ID: "interval-lookback", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "The series of a target vanish between two scrapes",
		Text: `A query sees a sample for five minutes, the look-back of Prometheus (` + "`query.lookbackDelta`" + ` of the Prometheus
object). With a longer scrape interval each series is gone from the end of the look-back until the next
scrape: graphs have gaps, alerts resolve and fire again, and ` + "`absent()`" + ` fires.

Scrape at least each five minutes; two minutes leave room for a scrape that fails. What is costly to
collect is better cached in the exporter. If all queries use ranges that are longer than the interval,
such as ` + "`last_over_time(x[2h])`" + `, turn the check off for the object. The check is silent for a PrometheusAgent,
which answers no queries, and where a relabeling may set ` + "`__scrape_interval__`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, snapshot validation.Snapshot) []validation.Finding {
		p := snapshot.Prometheus
		if p.Known() && !p.Scraping.Queries || s.mayChangeInterval() {
			return nil
		}
		lookback, whose := defaultLookback, "the default"
		if p.Scraping.Lookback != "" {
			d, ok := part.ParseDuration(p.Scraping.Lookback)
			if !ok {
				return nil
			}
			lookback, whose = d, "that of Prometheus "+p.Name
		}
		interval, ok := part.ParseDuration(s.Interval.Value)
		if !ok || interval <= lookback {
			return nil
		}
		return []validation.Finding{s.Interval.Finding(
			fmt.Sprintf("the interval of %s is longer than the look-back of queries, %s (%s): each series vanishes between two scrapes", s.Interval.Value, model.Duration(lookback), whose),
			fmt.Sprintf("scrape at least each %s", model.Duration(lookback)), s.Interval.Value)}
	},
}

// defaultLookback is the default of --query.lookback-delta (Prometheus v0.316, cmd/prometheus).
const defaultLookback = 5 * time.Minute

func (s Scrape) mayChangeInterval() bool {
	for _, list := range [][]monitoringv1.RelabelConfig{s.Relabelings.Class, s.Relabelings.List} {
		for i := range list {
			if relabeling.MaySet(&list[i], model.ScrapeIntervalLabel) {
				return true
			}
		}
	}
	return s.Relabelings.ClassUnknown
}
