package discovery

import (
	"time"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part"
)

// DiscoveryInterval is the check discovery-interval.
var DiscoveryInterval = validation.Check[Discovery]{
	ID: "discovery-interval", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus cannot use a refresh interval",
		Text: `Prometheus looks for new targets once per ` + "`refreshInterval`" + `. It is a duration such as ` + "`30s` or\n`5m`" + `, longer than zero and of at most 292 years. Zero means neither "never" nor "the default":
for the default, omit the field.

The discovery for Azure needs an interval between 334 milliseconds and 97 years.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, s validation.Snapshot) []validation.Finding {
		return d.unusableInterval(usableIntervals, s)
	},
}

// intervalLimits are the refresh intervals that discoveries can use. They are a parameter
// so that tests reach them with usual intervals.
type intervalLimits struct {
	shortest time.Duration

	// Azure forgets what it found after a random number of whole units, below this many
	// times the interval, and the number that it chooses from must be positive (Prometheus
	// v0.316 discovery/azure/azure.go, addToCache).
	azureTimes int64
	azureUnit  time.Duration
}

var usableIntervals = intervalLimits{shortest: time.Nanosecond, azureTimes: 3, azureUnit: time.Second}

func (l intervalLimits) azureCan(interval time.Duration) bool {
	return int64(interval)*l.azureTimes/int64(l.azureUnit) > 0
}

// unusableInterval denies a refresh interval that is no duration, or beyond the limits.
func (d Discovery) unusableInterval(limits intervalLimits, s validation.Snapshot) []validation.Finding {
	t := d.RefreshInterval
	if t.Omitted() {
		return nil
	}
	parsed, err := model.ParseDuration(t.Value)
	interval := time.Duration(parsed)
	switch {
	case err != nil:
		return part.Duration.Run(t, s)
	case interval < limits.shortest:
		return []validation.Finding{t.Finding(
			"the interval "+t.Value+" has no length",
			"omit the field for the default, or write a duration such as 1m", t.Value)}
	case d.Kind == "azure" && !limits.azureCan(interval):
		return []validation.Finding{t.Finding(
			"the discovery for Azure cannot use an interval of "+t.Value,
			"omit the field for the default, or write a duration such as 5m", t.Value)}
	}
	return nil
}
