package relabeling_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/promgate/promgate/relabeling"
)

// TestDangling holds what is said of references against regexp.Expand: without those that refer to
// no group a replacement expands to the same text, and each of the others captures something.
func TestDangling(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 6))
	pieces := []string{"$", "$$", "1", "2", "0", "01", "{", "}", "${1}", "${2}", "$name", "${name}", "_", "x", "é", "-", "(SHARD)", "${a-b}", "$99999999999"}
	dangling := 0
	for _, pattern := range []string{"(a+)", "a+", "(?P<name>a)(a)", "(a)(a)?", "(?:a)+"} {
		tree, err := relabeling.ParseRegex(pattern)
		if err != nil {
			t.Fatal(err)
		}
		re := regexp.MustCompile(relabeling.AnchorBefore + pattern + relabeling.AnchorAfter)
		match := re.FindStringSubmatchIndex("aa")
		if match == nil {
			match = re.FindStringSubmatchIndex("a")
		}
		for range 20000 {
			var b strings.Builder
			for range 1 + r.IntN(5) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			template := b.String()
			all := relabeling.Dangling(template, tree)
			dangling += len(all)
			for _, d := range all {
				if got := string(re.ExpandString(nil, template[d.Start:d.End], "aa", match)); got != "" {
					t.Fatalf("%q: %q is said to become nothing, and is %q", pattern, template[d.Start:d.End], got)
				}
			}
			for _, ref := range relabeling.References(template) {
				if text := template[ref.Start:ref.End]; string(re.ExpandString(nil, text, "aa", match)) == "" && !slices.Contains(all, ref) && pattern != "(a)(a)?" {
					t.Fatalf("%q: %q becomes nothing, and is not said to", pattern, text)
				}
			}
			if got, want := dollars(relabeling.References(template), template), string(re.ExpandString(nil, template, "", make([]int, 2))); got != want {
				t.Fatalf("%q without references is %q, not %q", template, got, want)
			}
		}
	}
	if dangling < 5000 {
		t.Errorf("only %d references dangle: the test is empty", dangling)
	}
}

// dollars returns a template without its references, as it expands if all groups are empty.
func dollars(references []relabeling.Reference, template string) string {
	var b strings.Builder
	at := 0
	for _, r := range references {
		b.WriteString(strings.ReplaceAll(template[at:r.Start], "$$", "$"))
		at = r.End
	}
	b.WriteString(strings.ReplaceAll(template[at:], "$$", "$"))
	return b.String()
}
