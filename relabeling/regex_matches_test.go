package relabeling

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/relabel"
)

var (
	regexPieces = []string{
		"", ".*", ".+", "(.*)", "(.+)", "(.+)?", "|.+", "(|.+)*", "(?:.?)+", ".?", ".", "[^a]*", `[\s\S]*`, "^.*$", ".{0,}", ".{1,}", "(?-s:.*)", "(?i)a", `\b`, `\B`,
		"a", "b|", "a;b", "a)|(b", "a)$|^(.*", "__name__", "__.*", ".*_", "job|__name__", "(a*)*", "[a;]", "(.*){2}", "(.+){2}", ".{2,}", "(.+){1,}", "$", "()",
	}
	values = []string{"", "a", "b", ";", "a;b", "\n", "up", "__name__", "ab", "é", "ß;"}
)

// TestWhatIsCertain compares what syntax trees show with the compiled expressions.
func TestWhatIsCertain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	var anyText, filled, noneWith int
	for range 4000 {
		pattern := regexPieces[r.IntN(len(regexPieces))]
		for range r.IntN(3) {
			pattern += []string{"", "|", ""}[r.IntN(3)] + regexPieces[r.IntN(len(regexPieces))]
		}
		re, err := ParseRegex(pattern)
		compiled, compileErr := relabel.NewRegexp(pattern)
		if (err == nil) != (compileErr == nil) {
			t.Fatalf("%q: parsing says %v, compiling %v", pattern, err, compileErr)
		}
		if err != nil {
			continue
		}
		if MatchesEmpty(re) != compiled.MatchString("") {
			t.Errorf("%q: MatchesEmpty says %t", pattern, MatchesEmpty(re))
		}
		for _, value := range values {
			matches := compiled.MatchString(value)
			if !matches && (MatchesAny(re) || MatchesFilled(re) && value != "") {
				t.Errorf("%q does not match %q", pattern, value)
			}
			if matches && (MatchesNoneWith(re, ';') && strings.ContainsRune(value, ';')) {
				t.Errorf("%q matches %q", pattern, value)
			}
		}
		anyText, filled, noneWith = anyText+count(MatchesAny(re)), filled+count(MatchesFilled(re)), noneWith+count(MatchesNoneWith(re, ';'))
	}
	if anyText < 100 || filled < 100 || noneWith < 100 {
		t.Errorf("the test is empty: %d match any text, %d any but an empty one, %d none with a semicolon", anyText, filled, noneWith)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
