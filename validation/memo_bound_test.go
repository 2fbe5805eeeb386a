package validation

import (
	"fmt"
	"testing"
)

// TestMemoBound: an entry that is asked for now and then stays, others are forgotten, and the bound holds.
func TestMemoBound(t *testing.T) {
	const most = 100 * memoOverhead
	var held, highest int64
	m := NewMemo(most, func(bytes int64) { held = bytes; highest = max(highest, bytes) })
	computed := map[string]int{}
	ask := func(key string) string {
		return Remember(m, key, 0, func() string { computed[key]++; return "value of " + key })
	}
	for i := range 1000 {
		for _, key := range []string{"often", fmt.Sprint("once ", i)} {
			if got := ask(key); got != "value of "+key {
				t.Fatalf("%s: got %q", key, got)
			}
		}
	}
	if computed["often"] != 1 {
		t.Errorf("what is asked for all the time was computed %d times", computed["often"])
	}
	ask("once 0")
	if computed["once 0"] != 2 {
		t.Errorf("what was asked for once, long ago, was computed %d times", computed["once 0"])
	}
	if highest > most || held < most/4 {
		t.Errorf("it held %d bytes of %d in the end, and %d at most", held, most, highest)
	}
	tiny := NewMemo(memoOverhead, nil) // no entry fits
	for range 2 {
		Remember(tiny, "a", 0, func() int { computed["tiny"]++; return 0 })
	}
	if computed["tiny"] != 2 {
		t.Errorf("what does not fit was computed %d times", computed["tiny"])
	}
}
