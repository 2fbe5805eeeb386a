package exprcost

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Budget bounds what is parsed of one object.
type Budget struct {
	// Time is how long Prometheus' parser may take for all expressions together. 0 means
	// [DefaultTime].
	Time time.Duration
}

const (
	// DefaultTime is enough for a chain of 10,000 operators. The longest expressions of
	// well-known rule sets have some dozens.
	DefaultTime = 500 * time.Millisecond

	// MaxTime is the most that a budget may allow. It bounds the parser's stack and what one
	// request may cost.
	MaxTime = 2 * time.Second

	// maxDepth bounds the stack of the parser, which recurses: a level takes up to four
	// kilobytes.
	maxDepth = 20_000
)

// Beyond returns the indexes of the expressions that must not be parsed. The cheapest are
// given time first, so that those beyond the budget are the reason why all together take
// too long.
func (b Budget) Beyond(costs []Cost) map[int]bool {
	if b.isEnough(costs) {
		return nil
	}
	beyond := map[int]bool{}
	order := make([]int, len(costs))
	for i, c := range costs {
		order[i] = i
		if c.Depth > maxDepth {
			beyond[i] = true
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(costs[i].Steps, costs[j].Steps) })
	left := b.allowed()
	for _, i := range order {
		left -= costs[i].Time()
		if left < 0 {
			beyond[i] = true
		}
	}
	return beyond
}

// isEnough reports whether all may be parsed, as nearly always.
func (b Budget) isEnough(costs []Cost) bool {
	left := b.allowed()
	for _, c := range costs {
		if left -= c.Time(); left < 0 || c.Depth > maxDepth {
			return false
		}
	}
	return true
}

// Problem says why an expression of this cost is not parsed.
func (b Budget) Problem(c Cost) string {
	if c.Depth > maxDepth {
		return fmt.Sprintf("the expression nests %d deep, and promgate reads no more than %d levels", c.Depth, maxDepth)
	}
	return fmt.Sprintf("Prometheus needs about %s to read this expression, and promgate allows %s for all of an object: %d operators and parentheses nest in each other",
		rounded(c.Time()), b.allowed(), c.Chain)
}

func (b Budget) allowed() time.Duration { return cmp.Or(b.Time, DefaultTime) }

// rounded returns a duration without digits that nobody reads.
func rounded(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d
	}
	return d.Round(time.Millisecond)
}
