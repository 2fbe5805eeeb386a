package promconfig

import (
	"testing"

	"github.com/promgate/promgate/dialect"
	"github.com/promgate/promgate/internal/since"
)

// TestRuleFieldsOfReleases: the operator writes a field of rules from a version on that knows it.
// The table of package dialect is what the rule loaders themselves say.
func TestRuleFieldsOfReleases(t *testing.T) {
	for _, field := range []struct {
		kind    dialect.Kind
		name    string
		feature *since.Feature
	}{
		{dialect.GroupField, "query_offset", prometheusRules.queryOffset},
		{dialect.GroupField, "labels", prometheusRules.labels},
		{dialect.RuleField, "keep_firing_for", prometheusRules.keepFiringFor},
		{dialect.GroupField, "limit", prometheusRules.limit},
	} {
		first := dialect.VersionOf(field.feature.Version())
		construct := dialect.Find(field.kind, field.name)
		switch {
		case construct == nil && !first.Before(dialect.Oldest()):
			t.Errorf("%s is written from %s on, and each release accepts it", field.name, first)
		case construct != nil && construct.Accepted[0].From != first:
			t.Errorf("%s is written from %s on, and accepted from %s on", field.name, first, construct.Accepted[0].From)
		}
	}
}
