package source

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestMergesAndRepeats holds that a path leads to the value that the converter takes, in random
// documents of maps that merge each other and repeat their keys.
func TestMergesAndRepeats(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	read := 0
	for range 1000 {
		text := mapsThatMerge(r)
		f := Parse([]byte(text))
		for _, d := range f.Documents {
			read++
			checkNode(t, d, d.root(), len(text))
			checkJSON(t, d)
		}
		if t.Failed() {
			t.Fatal(text)
		}
	}
	if read < 700 {
		t.Errorf("only %d of 1000 documents were read", read)
	}
}

// mapsThatMerge returns a document with some maps, of which each can merge those before. All values
// differ.
func mapsThatMerge(r *rand.Rand) string {
	var b strings.Builder
	values := 0
	for i := range 1 + r.IntN(6) {
		fmt.Fprintf(&b, "m%d: &m%d { # c\n", i, i)
		alias := func() string { return fmt.Sprintf("*m%d", r.IntN(max(i, 1))) }
		value := func() string { values++; return fmt.Sprintf("v%d", values) }
		for range r.IntN(6) {
			switch n := r.IntN(8); {
			case n == 0 && i > 0:
				fmt.Fprintf(&b, "  <<: %s ,\n", alias())
			case n == 1 && i > 0:
				fmt.Fprintf(&b, "  <<: [ %s , {k%d: %s}, %s ],\n", alias(), r.IntN(4), value(), alias())
			case n == 2:
				fmt.Fprintf(&b, "  <<: {k%d: %s, k%d: %s},\n", r.IntN(4), value(), r.IntN(4), value())
			case n == 3 && i > 0:
				fmt.Fprintf(&b, "  k%d: %s ,\n", r.IntN(4), alias())
			case n == 4:
				fmt.Fprintf(&b, "  k%d: [%s, {k0: %s}],\n", r.IntN(4), value(), value())
			default:
				fmt.Fprintf(&b, "  k%d: %s,\n", r.IntN(4), value())
			}
		}
		b.WriteString("}\n")
	}
	return b.String()
}
