package upgrade_test

import (
	"slices"
	"testing"

	"github.com/blang/semver/v4"

	"github.com/promgate/promgate/internal/checktest"
	"github.com/promgate/promgate/upgrade"
)

// TestChecks runs the cases of each check.
func TestChecks(t *testing.T) {
	archives, err := checktest.Load(".")
	if err != nil {
		t.Fatal(err)
	}
	kinds := upgrade.Kinds(upgrade.Example())
	checktest.Compare(t, archives, upgrade.Checks(), func(id string, c checktest.Case) (string, error) {
		return checktest.Findings(kinds, checktest.Only(id), c)
	})
}

// TestDowngrade: a downgrade finds what the older release lacks, and nothing else.
func TestDowngrade(t *testing.T) {
	c := checktest.Case{In: `{"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "metadata": {"name": "a", "namespace": "b"}, "spec": {
"version": "v3.16.0", "enableFeatures": ["promql-duration-expr", "exemplar-storage"], "externalLabels": {"a": "$b"},
"additionalArgs": [{"name": "config.auto-reload-interval", "value": "30s"}]}}`}
	found, err := checktest.Review(upgrade.Kinds(semver.MustParse("2.55.0")), checktest.AsInstalled, c)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, f.Check+" "+f.Problem)
	}
	want := []string{
		"argument-removed Prometheus before 3.0 does not know the flag --config.auto-reload-interval, and does not start with it",
		"feature-removed Prometheus before 3.4 does not know the feature flag promql-duration-expr: what it turns on is off",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
