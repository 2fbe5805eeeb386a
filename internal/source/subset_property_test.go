package source

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compareSubset holds that the reader of the subset, if it reads a text, gives what the library gives. It reports
// whether it has read the text.
func compareSubset(t *testing.T, text []byte) bool {
	t.Helper()
	got, ok := readSubset(text)
	if !ok {
		return false
	}
	want, unique, err := convert(text)
	if err != nil || !unique || want.json != nil {
		t.Fatalf("read %#v\nfrom %q\nbut the library has the error %v, unique %v, JSON %s", got, text, err, unique, want.json)
	}
	if diff := cmp.Diff(want.value, got); diff != "" {
		t.Fatalf("from %q (-library +subset):\n%s", text, diff)
	}
	return true
}

// subsetCases are texts that the subset has, and some at its edges.
var subsetCases = []string{
	"a: b\n",
	"a:\n  b: c\nd:\n- e\n- f: g\n  h: i\n-   j: k\n    l:\n    - m\n",
	"a: |\n  b\n   c\n\n  d\n\ne: |-\n  f\ng: |+\n  h\n\n\ni: >\n  j\n  k\n\n   l\n  m\n\nn: >-\n\n  o\n  p\n",
	"a: 'b''c: d' # e\n\"f\": \"g\\\"\\n\\t\\\\ h\"\n'i': \"\"\n",
	"a: 1\nb: 012\nc: 1.5\nd: 5m\ne: 1e3\nf: 0x1f\ng: 1_000\nh: +1\ni: .5\nj: 2001-01-02\nk: 100 * up\nl: -1\nm: 0\nn: 10:30\n",
	"a: 0\nb: 15\nc: 5m\nd: 100 * up\ne: 999999999999999\nf: -x y\ng: 1.2.3-z\nh: 2001-01-02 z\n",
	"a: yes\nb: No\nc: ~\nd: null\ne: nil\nf:\ng: OFF\nh: oN\ni: y\nj: tRUE\n",
	"a: b # c\nd: e#f\n# g\n  # h\ni: #j\n",
	"a: {}\nb: []\nc: {d: e}\n",
	"a: b\n  c\n", "a:\n  b\n", "a: b: c\n", "a: b:\n", "a:\n b: c\n  d: e\n", "- a\n-\n", "- - a\n", "a:\n  - b\n - c\n", "yes: a\n", "<<: a\n", "'<<': a\n",
	"a: b\na: c\n", "? a\n: b\n", "a: &b c\nd: *b\n", "a: !!str b\n", "a: @b\n", "a: `b\n", "a: %b\n", "%a\n", "a: b\n---\nc: d\n", "a: 'b\n  c'\n", "a : b\n",
	"a: |2\n   b\n", "a: |\n\n   \n  b\n", "a: |\nb: c\n", "- |\n a\n- >\n  b\n", "a:\n- |\n b\n", "a:\n- b\n c: d\n", "a: é\nb: \u00a0\nc: \u2028\n", "a: b\u0085c: d\n", "a: \ufeffb\n",
	"- a: b\n  - c\n", "- a: b\n- c\nd: e\n", "a: -\n", "a: - b\n", "a: ]\n", "a: ,b\n", "a: =\n", "=: a\n", "a: <<\n", "a: \"b\" c\n", "a: 'b'#c\n", "\"a\" : b\n", "'a':b\n",
	"a: |\n  b\n # c\nd: e\n", "a: |\n  b\n   # c\n", "a: >\n   b\n\n\n    c\n   d\n", "a:\n  b:\n    c: d\n e: f\n", "a: |x\n  b\n", "a: | # c\n  b\n", "...\n", "a: b\n...\n",
}

// TestSubsetCorpus compares the readers on the cases of all checks and on each of their documents.
func TestSubsetCorpus(t *testing.T) {
	read, all := 0, 0
	err := filepath.WalkDir("../..", func(path string, entry os.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || entry.IsDir() || ext != ".txtar" && ext != ".yaml" && ext != ".yml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for part := range bytes.SplitSeq(text, []byte("\n-- ")) {
			_, part, _ = bytes.Cut(part, []byte("\n"))
			for document := range bytes.SplitSeq(part, []byte("\n---\n")) {
				all++
				if compareSubset(t, append(bytes.Clone(document), '\n')) {
					read++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d documents are in the subset", read, all)
	if read < all/8 {
		t.Errorf("only %d of %d documents are in the subset", read, all)
	}
}

// TestSubsetProperty compares the readers on random lines, and on a real object with random changes.
func TestSubsetProperty(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, text := range subsetCases {
		compareSubset(t, []byte(text))
	}
	const rounds = 60_000
	read := 0
	for range rounds {
		if compareSubset(t, randomLines(r)) {
			read++
		}
	}
	if read < rounds/60 {
		t.Errorf("only %d of %d texts are in the subset", read, rounds)
	}
	object := ruleObject()[:3000]
	read = 0
	for range rounds / 10 {
		if compareSubset(t, changed(r, object)) {
			read++
		}
	}
	if read < rounds/200 {
		t.Errorf("only %d of %d changed objects are in the subset", read, rounds/10)
	}
}

func randomLines(r *rand.Rand) []byte {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	indent := 0
	for range 1 + r.IntN(6) {
		if r.IntN(2) == 0 {
			indent = max(0, indent+r.IntN(7)-3)
		}
		b.WriteString(strings.Repeat(" ", indent))
		b.WriteString(pick("", "", "- ", "- ", "-  ", "-", "# ", "- - ", "? "))
		b.WriteString(pick("a:", "b: ", "c: ", "d: ", "e:", "f: ", "g:  ", "'h': ", "\"i\": ", "k : ", "", "", "yes: ", "<<: "))
		b.WriteString(pick("", "", "x", "x y", "|", ">", "|-", ">-", "|+", ">+", "'x'", "\"x\\n\"", "'x", "1", "5m", "yes", "~", "0x1", "1.5", "{}", "[]", "{a: b}", "x # y", "x: y", "x:", "-x", "- x", "&a x", "*a", "!x y", "#", "%", "x'y", "é", ":x", "?x", "...", "---", ".5", "''", "x#y", "|2"))
		b.WriteString(pick("", "", "", " ", " # c", "#c"))
		b.WriteString(pick("\n", "\n", "\n", "\n\n", "\n  \n"))
	}
	return []byte(b.String())
}

// changed returns a text with a few random changes.
func changed(r *rand.Rand, text []byte) []byte {
	text = bytes.Clone(text)
	special := []byte("\n  :#-'\"|>{}[]&*!?%@`,\\~0\t\r=<.aé")
	for range 1 + r.IntN(3) {
		i := r.IntN(len(text))
		switch r.IntN(4) {
		case 0:
			text = append(text[:i], text[i+1:]...)
		case 1:
			text = append(text[:i], append([]byte{special[r.IntN(len(special))]}, text[i:]...)...)
		case 2:
			text[i] = special[r.IntN(len(special))]
		case 3: // the rest is indented in another way
			if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
				text = append(text[:i+n+1], append(bytes.Repeat([]byte(" "), r.IntN(4)), text[i+n+1:]...)...)
			}
		}
	}
	return append(text, '\n')
}

// FuzzSubset is TestSubsetProperty for texts of the fuzzer.
func FuzzSubset(f *testing.F) {
	for _, text := range subsetCases {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if firstInvalid(text) < 0 {
			compareSubset(t, text)
		}
	})
}
