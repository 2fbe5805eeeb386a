package discovery

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/validation"
)

// DiscoveryInterval is the check discovery-interval.
var DiscoveryInterval = validation.Check[Discovery]{
	ID: "discovery-interval", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A refresh interval crashes Prometheus",
		Text: `Prometheus loads a discovery with a ` + "`refreshInterval`" + ` of zero, and the timer that it then
starts crashes the whole process, again after each start. Zero does not mean "never",
nor "the default": for the default leave the field out.

The discovery for Azure cannot cope with less than 334 milliseconds, nor with more than 97
years: it crashes Prometheus over the first virtual machine that it finds.`,
		Since: "v0.1.0",
	},
	Run: func(d Discovery, _ validation.Snapshot) []validation.Finding {
		interval, err := model.ParseDuration(d.RefreshInterval.Value)
		if err != nil || d.Kind == "kubernetes" {
			return nil // not set, or for check duration
		}
		text := d.RefreshInterval.Value
		switch {
		case interval == 0:
			return []validation.Finding{d.RefreshInterval.Finding(
				"an interval of zero ends Prometheus", "remove the field for the default, or write a duration such as 1m", text)}
		case d.Kind == "azure" && azurePanics(interval):
			return []validation.Finding{d.RefreshInterval.Finding(
				fmt.Sprintf("an interval of %s ends Prometheus as soon as Azure has a virtual machine", text),
				"remove the field for the default, or write a duration such as 5m", text)}
		}
		return nil
	},
}

// azurePanics says what rand.Int63n says of this expression in Prometheus v0.316
// discovery/azure/azure.go, addToCache.
func azurePanics(interval model.Duration) bool {
	return int64(time.Duration(interval*3).Seconds()) <= 0
}
