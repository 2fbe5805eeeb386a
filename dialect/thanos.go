package dialect

import "slices"

// ExperimentalFunctions is the feature flag of Prometheus that Thanos has, too, and the only one of its flags that
// changes what it accepts.
const ExperimentalFunctions = "promql-experimental-functions"

// thanosReleases are the minor versions of Thanos, each with the release of Prometheus that reads expressions,
// templates and rule files as it does. Most of them link a commit between two releases of Prometheus
// (their go.mod); which of the two it equals is what test/versions finds by asking both.
var thanosReleases = []struct{ thanos, prometheus Version }{
	{Version{0, 30}, Version{2, 40}}, // v0.40.7
	{Version{0, 31}, Version{2, 42}}, // v0.42.0
	{Version{0, 32}, Version{2, 46}}, // 0.32.5: v0.46.1-0.20230818184859
	{Version{0, 33}, Version{2, 47}}, // v0.47.2-0.20231009162353
	{Version{0, 34}, Version{2, 48}}, // v0.48.1-0.20231212213830
	{Version{0, 35}, Version{2, 51}}, // v0.51.1-0.20240325140356
	{Version{0, 36}, Version{2, 53}}, // v0.52.2-0.20240614130246
	{Version{0, 37}, Version{2, 55}}, // v0.55.1-0.20241102120812
	{Version{0, 38}, Version{3, 1}},  // v0.301.0
	{Version{0, 39}, Version{3, 3}},  // Thanos' own branch of v0.303.1
	{Version{0, 40}, Version{3, 6}},  // v0.305.1-0.20250721065454
	{Version{0, 41}, Version{3, 8}},  // v0.308.0
	{Version{0, 42}, Version{3, 9}},  // v0.309.1
}

// OfThanos returns the release of Prometheus that reads expressions, templates and rule files as a release of
// Thanos does. An older Thanos than those of the list counts as the first. A newer one counts as the latest
// Prometheus, which accepts the most: what it links is not known.
func OfThanos(v Version) Version {
	last := thanosReleases[len(thanosReleases)-1]
	if !v.Before(Version{last.thanos[0], last.thanos[1] + 1}) {
		return latest
	}
	of := thanosReleases[0].prometheus
	for _, r := range thanosReleases {
		if v.Before(r.thanos) {
			break
		}
		of = r.prometheus
	}
	return of
}

// NewerThanos returns the first minor version of Thanos after a release that accepts a construct without a feature
// flag. It reports false if the list has none.
func NewerThanos(c *Construct, v Version) (newer Version, ok bool) {
	for _, r := range thanosReleases {
		if v.Before(r.thanos) && c.In(r.prometheus, nil) {
			return r.thanos, true
		}
	}
	return Version{}, false
}

// ThanosFeatures returns the feature flags of Prometheus that a release of Thanos has on, given the values of its
// arguments enable-feature. It does not split a value at its commas (Thanos v0.42.2, cmd/thanos/rule.go).
func ThanosFeatures(v Version, values []string) []string {
	if v.Before(Version{0, 39}) {
		return nil
	}
	if slices.Contains(values, ExperimentalFunctions) {
		return []string{ExperimentalFunctions}
	}
	return nil
}
