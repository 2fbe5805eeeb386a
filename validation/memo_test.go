package validation

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// TestMemo: an entry that is asked for now and then stays, others are forgotten, and the bound holds.
func TestMemo(t *testing.T) {
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
}

// TestMemoOfLongTexts: nothing is remembered of a text that is very long, or of anything without a Memo.
func TestMemoOfLongTexts(t *testing.T) {
	for name, m := range map[string]*Memo{"none": nil, "small": NewMemo(memoOverhead, nil), "large": NewMemo(RunMemory, nil)} {
		length := 10
		if name == "large" {
			length = maxMemoText + 1
		}
		computed := 0
		for range 2 {
			Remember(m, strings.Repeat("a", length), length, func() int { computed++; return 0 })
		}
		if computed != 2 {
			t.Errorf("%s: computed %d times", name, computed)
		}
	}
}

// TestMemoTogether: several goroutines may use it, of which one may find what another one has made.
func TestMemoTogether(t *testing.T) {
	m := NewMemo(20*memoOverhead, nil)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 2000 {
				if got := Remember(m, i%30, 0, func() int { return i % 30 }); got != i%30 {
					t.Errorf("got %d for %d", got, i%30)
				}
			}
		})
	}
	all.Wait()
}
