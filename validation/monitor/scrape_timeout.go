package monitor

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

var scrapeTimeout = validation.Check[Scrape]{
	ID: "scrape-timeout", Severity: validation.Deny, LeavesOut: true,
	Doc: validation.Doc{
		Title: "The timeout of a scrape is longer than its interval",
		Text: `A scrape has to end before the next one begins. If the timeout is longer than the interval,
Prometheus refuses its whole configuration.

The default of the interval is the ` + "`scrapeInterval`" + ` of the Prometheus that selects the object. An
interval or a timeout of ` + "`0s`" + ` counts as not set.

Lower the timeout, or raise the interval. The default of the timeout is that of the Prometheus, but
never longer than the interval, so that it is often best to omit the field.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, snapshot validation.Snapshot) []validation.Finding {
		// Prometheus v0.316 config.go, ScrapeConfig.Validate: zero is not set.
		timeout, ok := part.ParseDuration(s.Timeout.Value)
		if !ok || timeout == 0 {
			return nil
		}
		interval, ok := part.ParseDuration(s.Interval.Value)
		if s.Interval.Value != "" && !ok {
			return nil // the check duration reports it
		}
		byDefault, known := ownInterval(snapshot.Prometheus)
		tooLongAnyway := known && timeout > byDefault
		switch {
		case interval == 0 && tooLongAnyway:
			return []validation.Finding{s.Timeout.Finding(
				fmt.Sprintf("%s is longer than the interval, which is the %s of Prometheus %s", s.Timeout.Value, model.Duration(byDefault), snapshot.Prometheus.Name),
				fmt.Sprintf("lower it to %s or less, or set %s to %s or more", model.Duration(byDefault), s.Interval.FieldName(), s.Timeout.Value),
				validation.Key(s.Timeout.Value, s.Interval.Value))}
		case timeout <= interval || interval == 0:
			return nil
		}
		at, problem := s.Interval, fmt.Sprintf("%s is shorter than the %s of %s", s.Interval.Value, s.Timeout.FieldName(), s.Timeout.Value)
		if tooLongAnyway {
			at, problem = s.Timeout, fmt.Sprintf("%s is longer than the %s of %s", s.Timeout.Value, s.Interval.FieldName(), s.Interval.Value)
		}
		return []validation.Finding{at.Finding(problem,
			fmt.Sprintf("lower %s to %s or less, or remove it, or raise %s", s.Timeout.FieldName(), s.Interval.Value, s.Interval.FieldName()),
			validation.Key(s.Timeout.Value, s.Interval.Value))}
	},
}

// ownInterval returns the interval of scrapes that do not set one.
func ownInterval(p validation.Prometheus) (time.Duration, bool) {
	if !p.Known() {
		return 0, false
	}
	d, ok := part.ParseDuration(p.ScrapeInterval)
	if ok && d == 0 {
		return time.Duration(config.DefaultGlobalConfig.ScrapeInterval), true
	}
	return d, ok
}
