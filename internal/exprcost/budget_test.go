package exprcost_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/exprcost"
)

func TestBeyond(t *testing.T) {
	steps := func(all ...int) []exprcost.Cost {
		costs := make([]exprcost.Cost, len(all))
		for i, n := range all {
			costs[i].Steps = n
		}
		return costs
	}
	step := exprcost.Cost{Steps: 1}.Time()
	cases := map[string]struct {
		reason string
		budget time.Duration
		costs  []exprcost.Cost
		want   []int
	}{
		"Nothing":  {reason: "no expression costs nothing", budget: step},
		"Within":   {reason: "the whole budget may be used", budget: 6 * step, costs: steps(1, 2, 3)},
		"Together": {reason: "the most expensive one exceeds it", budget: 5 * step, costs: steps(3, 1, 2), want: []int{0}},
		"Each":     {reason: "none is cheap enough", budget: step, costs: steps(2, 3), want: []int{0, 1}},
		"Default":  {reason: "no budget is the default", costs: steps(1_000_000, 100_000_000), want: []int{1}},
		"Deep":     {reason: "the stack has a limit besides the time", budget: 6 * step, costs: []exprcost.Cost{{Depth: 1_000_000}, {Depth: 1}}, want: []int{0}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			beyond := exprcost.Budget{Time: tc.budget}.Beyond(tc.costs)
			if diff := cmp.Diff(tc.want, slices.Sorted(maps.Keys(beyond))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestProblem(t *testing.T) {
	for want, cost := range map[string]exprcost.Cost{
		"needs about 1s to read this expression, and promgate allows 500ms": {Steps: 200_000_000},
		"nests 1000000 deep": {Depth: 1_000_000},
	} {
		if got := (exprcost.Budget{}).Problem(cost); !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}
