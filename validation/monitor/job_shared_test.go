package monitor

import (
	"slices"
	"testing"
	"time"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// born is the creation time of the rivals.
var born = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// TestNamedShares: an answer has room for few warnings, for all Prometheus objects together.
func TestNamedShares(t *testing.T) {
	mine := &jobs.Monitor{Claims: []jobs.Claim{{}}}
	clash := func(prometheus, rival, job string, scope jobs.Scope) jobs.Clash {
		return jobs.Clash{Prometheus: prometheus, Scope: scope, Job: job, Mine: mine, Rival: &jobs.Monitor{Ref: selection.Ref{Name: rival}, Created: born}}
	}
	shares := func(prometheus string, scope jobs.Scope, rivals ...string) (all []jobs.Clash) {
		for _, r := range rivals {
			all = append(all, clash(prometheus, r, "a", scope), clash(prometheus, r, "b", scope))
		}
		return all
	}
	refused := clash("m/a", "v", "a", jobs.ScopeEndpoint)
	passing := shares("m/a", "namespace", "v")
	for i := range passing {
		passing[i].Rival.Terminating = true
	}
	cases := map[string]struct {
		reason  string
		clashes []jobs.Clash
		want    []string
	}{
		"OnePerRival":   {reason: "two jobs with one rival are one warning", clashes: shares("m/a", "namespace", "v", "w"), want: []string{"m/a v", "m/a w"}},
		"Three":         {reason: "at most three rivals", clashes: shares("m/a", "namespace", "v", "w", "x", "y"), want: []string{"m/a v", "m/a w", "m/a x"}},
		"OnePrometheus": {reason: "a rival is named for one Prometheus", clashes: slices.Concat(shares("m/a", "namespace", "v"), shares("m/b", "namespace", "v", "w")), want: []string{"m/a v", "m/b w"}},
		"Elsewhere":     {reason: "at most one rival in other namespaces", clashes: slices.Concat(shares("m/a", "namespace", "v"), shares("m/a", "prometheus", "v", "w", "x")), want: []string{"m/a v", "m/a w"}},
		"FullElsewhere": {reason: "at most three rivals in all", clashes: slices.Concat(shares("m/a", "namespace", "v", "w", "x"), shares("m/a", "prometheus", "y")), want: []string{"m/a v", "m/a w", "m/a x"}},
		"SaidElsewhere": {reason: "a duplicate is reported only as a duplicate", clashes: append([]jobs.Clash{refused}, shares("m/a", "namespace", "v", "w")...), want: []string{"m/a w"}},
		"Passes":        {reason: "no scope would refuse it", clashes: passing},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range namedShares(validation.Snapshot{Clashes: tc.clashes}) {
				got = append(got, c.Prometheus+" "+c.Rival.Name)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
