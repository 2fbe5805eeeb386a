package validation_test

import (
	"sync"
	"testing"

	"github.com/promgate/promgate/validation"
)

func TestMemo(t *testing.T) {
	type key struct{ text string }
	made := 0
	remember := func(m *validation.Memo, text string, length int) int {
		return validation.Remember(m, key{text}, length, func() int { made++; return made })
	}
	m := validation.NewMemo(validation.RunMemory, nil)
	if a, b, c := remember(m, "a", 1), remember(m, "b", 1), remember(m, "a", 1); a != 1 || b != 2 || c != 1 {
		t.Errorf("%d, %d, %d", a, b, c)
	}
	if a, b := remember(m, "long", 1<<20), remember(m, "long", 1<<20); a == b {
		t.Error("a long text is remembered")
	}
	if a, b := remember(nil, "a", 1), remember(nil, "a", 1); a == b {
		t.Error("nothing remembers")
	}
	type other struct{ text string }
	if got := validation.Remember(m, other{"a"}, 1, func() string { return "other" }); got != "other" {
		t.Errorf("keys of two types are mixed up: %q", got)
	}
}

// TestMemoAtOnce is for the race detector.
func TestMemoAtOnce(t *testing.T) {
	m := validation.NewMemo(1<<20, nil) // so that generations change
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 5000 {
				if got := validation.Remember(m, n, 1, func() int { return n }); got != n {
					t.Errorf("worker %d: %d is remembered for %d", i, got, n)
				}
			}
		})
	}
	all.Wait()
}
