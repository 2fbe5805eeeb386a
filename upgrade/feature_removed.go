package upgrade

import (
	"fmt"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

var featureRemoved = validation.Check[*instance]{
	ID: "feature-removed", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A feature flag does nothing any more", Since: since,
		Text: `Prometheus starts with a feature flag that it does not know, and only its log says so: what the flag turned on is off.
Feature flags whose function is always on from some release on are not reported. The flags are those of the sources of each release.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, f := range i.features() {
			release, lost := i.lost(dialect.FeatureSpans(f.Value))
			if !lost || alwaysOn[f.Value] && !i.to.Before(i.from) {
				continue
			}
			fix := featuresInstead[f.Value]
			if fix == "" {
				fix = "remove it"
			}
			found = append(found, f.Finding(fmt.Sprintf("%s the feature flag %s: what it turns on is off", i.without(release), f.Value), fix, f.Value))
		}
		return found
	},
}

// alwaysOn are the feature flags that releases removed because what they turned on is always on: without any flag,
// 3.0 expands external labels (v0.300.0, config/config.go, Load), adds no default port (scrape/target.go,
// PopulateLabels), has one service discovery manager alone, takes names in UTF-8 (cmd/prometheus/main.go, init), and sets
// GOMAXPROCS and GOMEMLIMIT unless --no-auto-gomaxprocs and --no-auto-gomemlimit forbid it.
var alwaysOn = map[string]bool{
	"expand-external-labels": true, "no-default-scrape-port": true, "new-service-discovery-manager": true, "utf8-names": true,
	"auto-gomaxprocs": true, "auto-gomemlimit": true, "promql-at-modifier": true, "promql-negative-offset": true,
}

// featuresInstead says what replaces a feature flag.
var featuresInstead = map[string]string{
	"remote-write-receiver": "set enableRemoteWriteReceiver", // --web.enable-remote-write-receiver
	"otlp-write-receiver":   "set enableOTLPReceiver",        // --web.enable-otlp-receiver
	"agent":                 "use a PrometheusAgent instead", // --agent
	"native-histograms":     "set scrapeNativeHistograms",    // scrape_native_histograms
}
