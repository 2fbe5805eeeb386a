package webhook

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestAllocations: what a review allocates stays within a bound, which is a third above what was measured. Allocations stand for time.
func TestAllocations(t *testing.T) {
	h := newGate(t, unlimited).handler()
	groups := largeGroups(t)
	var bodies [][]byte
	for n := range 30 {
		text, err := io.ReadAll(reviewBody(t, ruleRequest(strings.ReplaceAll(groups, ") \\u003e ", fmt.Sprintf(") \\u003e %d", n+1)))))
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, text)
	}
	next := 0
	for name, c := range map[string]struct {
		most float64
		run  func()
	}{
		"134 new rules":         {most: 20_000, run: func() { serveReview(t, h, bodies[next]); next++ }},
		"the same object again": {most: 180, run: func() { serveReview(t, h, bodies[0]) }},
	} {
		if got := testing.AllocsPerRun(10, c.run); got > c.most {
			t.Errorf("%s: %.0f allocations, at most %.0f expected", name, got, c.most)
		}
	}
}
