package monitor

import (
	"slices"
	"testing"

	"github.com/promgate/promgate/validation"
)

// TestNamedShares: an answer has room for few warnings, for all Prometheus objects together.
func TestNamedShares(t *testing.T) {
	shares := func(prometheus, scope string, rivals ...string) (all []validation.Clash) {
		for _, r := range rivals {
			all = append(all, validation.Clash{Prometheus: prometheus, Scope: scope, Lax: true, Job: "a", Rival: validation.Rival{Name: r}},
				validation.Clash{Prometheus: prometheus, Scope: scope, Lax: true, Job: "b", Rival: validation.Rival{Name: r}})
		}
		return all
	}
	refused := validation.Clash{Prometheus: "m/a", Scope: validation.ScopeEndpoint, Rival: validation.Rival{Name: "v"}}
	passing := shares("m/a", "namespace", "v")
	for i := range passing {
		passing[i].Passes = "this one comes first"
	}
	cases := map[string]struct {
		reason  string
		clashes []validation.Clash
		want    []string
	}{
		"OnePerRival":   {reason: "two jobs with one rival are one", clashes: shares("m/a", "namespace", "v", "w"), want: []string{"m/a v", "m/a w"}},
		"Three":         {reason: "no more than three", clashes: shares("m/a", "namespace", "v", "w", "x", "y"), want: []string{"m/a v", "m/a w", "m/a x"}},
		"OnePrometheus": {reason: "a rival is named for one Prometheus", clashes: slices.Concat(shares("m/a", "namespace", "v"), shares("m/b", "namespace", "v", "w")), want: []string{"m/a v", "m/b w"}},
		"Elsewhere":     {reason: "one of those in other namespaces", clashes: slices.Concat(shares("m/a", "namespace", "v"), shares("m/a", "prometheus", "v", "w", "x")), want: []string{"m/a v", "m/a w"}},
		"FullElsewhere": {reason: "three in all", clashes: slices.Concat(shares("m/a", "namespace", "v", "w", "x"), shares("m/a", "prometheus", "y")), want: []string{"m/a v", "m/a w", "m/a x"}},
		"SaidElsewhere": {reason: "a duplicate is said as such", clashes: append([]validation.Clash{refused}, shares("m/a", "namespace", "v", "w")...), want: []string{"m/a w"}},
		"Passes":        {reason: "no scope would refuse it", clashes: passing},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range namedShares(tc.clashes) {
				got = append(got, c.Prometheus+" "+c.Rival.Name)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
