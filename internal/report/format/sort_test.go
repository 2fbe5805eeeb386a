package format

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

// TestSort sorts findings each of which comes after the one before it, for one reason.
func TestSort(t *testing.T) {
	at := func(file string, line, column int, check string, index int, problem, fix string) Located {
		return Located{
			File: file, Start: Position{line, column}, Kind: "Probe", Name: "z",
			Finding: validation.Finding{Check: check, Path: fieldpath.New("a").Index(index), Problem: problem, Fix: fix},
		}
	}
	live := func(name, check string) Located {
		return Located{Kind: "Probe", Name: name, Finding: validation.Finding{Check: check}}
	}
	excerpt := at("b.yaml", 3, 4, "y", 10, "z", "z")
	excerpt.Finding.Excerpt = &validation.Excerpt{Text: "a"}
	later := excerpt
	later.Finding.Excerpt = &validation.Excerpt{Text: "a", Start: 1}
	want := []Located{
		live("a", "z"), // objects before checks
		live("b", "a"),
		live("b", "b"),
		at("a.yaml", 9, 9, "z", 9, "z", "z"),
		at("b.yaml", 2, 9, "z", 9, "z", "z"),
		at("b.yaml", 3, 3, "z", 9, "z", "z"),
		at("b.yaml", 3, 4, "x", 9, "z", "z"),
		at("b.yaml", 3, 4, "y", 9, "z", "z"),
		at("b.yaml", 3, 4, "y", 10, "a", "z"), // 10 comes after 9
		at("b.yaml", 3, 4, "y", 10, "z", "a"),
		at("b.yaml", 3, 4, "y", 10, "z", "z"),
		excerpt,
		later,
		at("b.yaml", 10, 1, "a", 0, "a", "a"),
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 20 {
		r := Report{}
		for _, i := range random.Perm(len(want)) {
			r.Findings = append(r.Findings, want[i])
		}
		r.Sort()
		if diff := cmp.Diff(want, r.Findings, cmp.Comparer(fieldpath.Path.Equal)); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	}
}
