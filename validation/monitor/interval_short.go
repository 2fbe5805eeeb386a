package monitor

import (
	"fmt"
	"time"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

var intervalShort = validation.Check[Scrape]{
	ID: "interval-short", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A target is scraped more than once a second",
		Text: `An interval below a second is almost always a slip, such as ` + "`30ms`" + ` for ` + "`30s`" + `. Each scrape asks the
target for all of its metrics, and Prometheus stores a sample of each.

Correct the interval. If it is that short on purpose, turn this check off.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, _ validation.Snapshot) []validation.Finding {
		interval, ok := part.ParseDuration(s.Interval.Value)
		if !ok || interval == 0 || interval >= time.Second {
			return nil
		}
		return []validation.Finding{s.Interval.Finding(
			fmt.Sprintf("%s is %.4g scrapes a second of each target", s.Interval.Value, float64(time.Second)/float64(interval)),
			"choose an interval of 1s or more, such as 30s", s.Interval.Value)}
	},
}
