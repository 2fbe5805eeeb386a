package upgrade

import (
	"fmt"
	"slices"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/validation"
)

// A flagSpan says which releases have a flag: those from one on, zero for all that are older, up to before
// another one, zero for none.
type flagSpan struct {
	name        string
	from, until dialect.Version
}

//go:generate go -C ../test/versions run ./flags

// lost returns the release that the upgrade leads to or past, and that does not have a flag any more which the version that
// runs has. Flags that all releases have, or none, are in no table.
func (s step) lost(table []flagSpan, name string) (release dialect.Version, lost bool) {
	has := func(v dialect.Version) int {
		return slices.IndexFunc(table, func(f flagSpan) bool {
			return f.name == name && !v.Before(f.from) && (f.until.IsZero() || v.Before(f.until))
		})
	}
	i := has(s.from)
	if s.from.IsZero() || i < 0 || has(s.to) >= 0 {
		return dialect.Version{}, false
	}
	if table[i].until.IsZero() { // to an older release
		return table[i].from, true
	}
	return table[i].until, true
}

var argumentRemoved = validation.Check[*instance]{
	ID: "argument-removed", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "Prometheus does not know a command-line flag", Since: since,
		Text: `Prometheus does not start with a command-line flag that it does not know. The operator passes on what
` + "`additionalArgs`" + ` has. The flags are those of the sources of each release.

Remove the argument, or replace it.`,
	},
	Run: func(i *instance, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for n, a := range i.common.AdditionalArgs {
			release, lost := i.lost(arguments, a.Name)
			if !lost {
				continue
			}
			fix := "remove it"
			if instead := argumentsInstead[a.Name]; instead != "" {
				fix = instead
			}
			found = append(found, spec.At("additionalArgs").Index(n).At("name").Finding(
				fmt.Sprintf("%s the flag --%s, and does not start with it", i.without(release), a.Name), fix, a.Name))
		}
		return found
	},
}

// argumentsInstead says what replaces a command-line flag (v0.55.0, cmd/prometheus/main.go, their help texts).
var argumentsInstead = map[string]string{
	"alertmanager.timeout":                  "remove it: it had no effect",
	"storage.tsdb.allow-overlapping-blocks": "remove it: overlapping blocks are allowed without it",
	"storage.tsdb.retention":                "set retention of the Prometheus instead",
}

// without says which releases lack something.
func (s step) without(release dialect.Version) string {
	if s.to.Before(s.from) {
		return fmt.Sprintf("Prometheus before %s does not know", release)
	}
	return fmt.Sprintf("Prometheus %s no longer knows", release)
}

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
			release, lost := i.lost(features, f.Value)
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
