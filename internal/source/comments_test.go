package source

import (
	"strings"
	"testing"
)

func TestComments(t *testing.T) {
	marked := `⟦# head⟧
--- ⟦# separator⟧
⟦# first⟧
a: 1 ⟦# behind a value⟧  	
b: "# quoted" ⟦# behind quotes⟧
"c # x": 'x # y'⟦# without a blank⟧
d: |- ⟦# behind an indicator⟧
  # literal
  x # literal
 ⟦# dedented⟧
e: >
  # folded

⟦#⟧
f: x#y z ⟦# é⟧
g: [ ⟦# in a flow, ]⟧
  1, ⟦# ]⟧
  "]#" ⟦# }⟧
  ]   ⟦# behind a flow⟧
h: &x#y z
i: !!str ⟦# behind a tag⟧
  # plain?
`
	marked = strings.Replace(marked, "h: &x#y z\n", "h: &x ⟦# behind an anchor⟧\n  z\nk: *x ⟦# behind an alias⟧\n", 1)
	marked = strings.Replace(marked, "  # plain?\n", "  x ⟦# plain⟧\n⟦# foot⟧", 1)
	text, places := unmark(t, marked)
	d := parseOne(t, text)
	got := d.Comments()
	for i, c := range got {
		if i >= len(places) {
			t.Fatalf("another comment: %+v", c)
		}
		checkSpan(t, c.Span, places[i])
		if want := text[places[i].start:places[i].end]; c.Text != want {
			t.Errorf("got %q, want %q", c.Text, want)
		}
	}
	if len(got) != len(places) {
		t.Errorf("got %d comments, want %d", len(got), len(places))
	}
}

// TestCommentsOfDocuments holds which document a comment belongs to.
func TestCommentsOfDocuments(t *testing.T) {
	f := Parse([]byte("# 1\n---\n# 2\n--- # 3\n# 4\na: 1 # 5\r\n# 6\n--- # 7\n# 8\nb: c: d # wrong\n---\n{\"c\": 1}\n--- e # wrong\n# wrong\n---\n# 9\nd: '#'\n---\ne: 1\n---\n# behind the last one"))
	want := []string{"# 1,# 2,# 3,# 4,# 5,# 6", "", "# 9", ""}
	for i, d := range f.Documents {
		var texts []string
		for _, c := range d.Comments() {
			texts = append(texts, c.Text)
		}
		if got := strings.Join(texts, ","); got != want[i] {
			t.Errorf("document %d has %q, want %q", i, got, want[i])
		}
	}
	if len(f.Documents) != len(want) {
		t.Errorf("%d documents: %v", len(f.Documents), f.Errors)
	}
}

func TestHelmSource(t *testing.T) {
	f := Parse([]byte("---\n# Source: chart/templates/a.yaml\na: 1\n---\n# Source: chart/templates/b.yaml\r\n# License\n\n# Source: chart/charts/x/templates/c d.yaml \nb: 1\n# Source: not this\n" +
		"---\n# Source: chart/templates/empty.yaml\n---\nc: 1 \n---\n# source: x\n#Source: y\n # Source: z\nd: '\n  # Source: e'\n"))
	want := []string{"chart/templates/a.yaml", "chart/charts/x/templates/c d.yaml", "", ""}
	if len(f.Documents) != len(want) {
		t.Fatal(f.Errors)
	}
	for i, d := range f.Documents {
		if got := d.HelmSource(); got != want[i] {
			t.Errorf("document %d comes from %q, want %q", i, got, want[i])
		}
	}
}
