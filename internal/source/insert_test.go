package source

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/fieldpath"
)

func TestAddStrings(t *testing.T) {
	labels := fieldpath.New("metadata", "labels")
	for name, c := range map[string]struct{ in, want string }{
		"Block":       {"metadata:\n  name: a\n  labels:\n    app: b # why\n    x: z\nspec: {}\n", "metadata:\n  name: a\n  labels:\n    app: b # why\n    x: z\n    release: main\n    team: \"1\"\nspec: {}\n"},
		"NoLabels":    {"metadata:\n  name: a # c\n\nspec: {}\n", "metadata:\n  name: a # c\n  labels:\n    release: main\n    team: \"1\"\n\nspec: {}\n"},
		"AfterName":   {"metadata:\n  name: a\n  annotations:\n    b: |+\n      text\n\n\nspec: {}\n", "metadata:\n  name: a\n  labels:\n    release: main\n    team: \"1\"\n  annotations:\n    b: |+\n      text\n\n\nspec: {}\n"},
		"Flow":        {"metadata: {name: a, labels: {app: b}}\n", "metadata: {name: a, labels: {app: b, release: main, team: \"1\"}}\n"},
		"FlowNone":    {"metadata: {name: a} # c\n", "metadata: {name: a, labels: {release: main, team: \"1\"}} # c\n"},
		"FlowEmpty":   {"metadata:\n  name: a\n  labels: {}\n", "metadata:\n  name: a\n  labels: {release: main, team: \"1\"}\n"},
		"CRLF":        {"metadata:\r\n  name: a\r\nspec: {}\r\n", "metadata:\r\n  name: a\r\n  labels:\r\n    release: main\r\n    team: \"1\"\r\nspec: {}\r\n"},
		"JSON":        {`{"metadata":{"name":"a","labels":{"app":"b"}}}`, `{"metadata":{"name":"a","labels":{"app":"b", "release": "main", "team": "1"}}}`},
		"JSONNone":    {`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a", "labels": {"release": "main", "team": "1"}}}`},
		"NoEnd":       {"metadata:\n  name: a", "metadata:\n  name: a\n  labels:\n    release: main\n    team: \"1\""},
		"Alias":       {"x: &l {app: b}\nmetadata:\n  name: a\n  labels: *l\n", ""},
		"Anchor":      {"metadata:\n  name: a\n  labels: &l\n    app: b\nspec: *l\n", ""},
		"AnchorAbove": {"metadata: &m\n  name: a\n  labels:\n    app: b\nspec: *m\n", ""},
		"AnchorNone":  {"metadata: &m\n  name: a\nspec: *m\n", ""},
		"Null":        {"metadata:\n  name: a\n  labels: # c\n", "metadata:\n  name: a\n  labels: {release: main, team: \"1\"} # c\n"},
		"NullWord":    {"metadata: {\"labels\": ~, name: a}\n", "metadata: {\"labels\": {release: main, team: \"1\"}, name: a}\n"},
		"NullFlow":    {"metadata: {name: a, \"labels\":}\n", "metadata: {name: a, \"labels\": {release: main, team: \"1\"}}\n"},
		"NullJSON":    {`{"metadata":{"labels":null}}`, `{"metadata":{"labels": {"release": "main", "team": "1"}}}`},
		"NullTag":     {"metadata:\n  name: a\n  labels: !!null\n", ""},
		"NullAnchor":  {"metadata:\n  name: a\n  labels: &n\n", ""},
		"Quoted":      {"\"metadata\":\n  \"name\": a\n  'labels':\n    \"app\": b\n", "\"metadata\":\n  \"name\": a\n  'labels':\n    \"app\": b\n    release: main\n    team: \"1\"\n"},
		"FlowLines":   {"metadata: {\n  \"labels\": {\n    \"app\": \"b\", # c\n  }\n}\n", "metadata: {\n  \"labels\": {\n    \"app\": \"b\", release: main, team: \"1\", # c\n  }\n}\n"},
		"LastIsBlock": {"metadata:\n  name: a\n  labels:\n    app: |-\n      b\nspec: {}\n", "metadata:\n  name: a\n  labels:\n    release: main\n    team: \"1\"\n    app: |-\n      b\nspec: {}\n"},
		"NameIsBlock": {"metadata:\r\n  name: >-\r\n    a\r\n", "metadata:\r\n  labels:\r\n    release: main\r\n    team: \"1\"\r\n  name: >-\r\n    a\r\n"},
		"Complex":     {"metadata:\n  ? name\n  : a\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			document := Parse([]byte(c.in)).Documents[0]
			edit, ok := document.AddStrings(labels, [][2]string{{"release", "main"}, {"team", "1"}})
			if !ok {
				if c.want != "" {
					t.Error("there is no edit")
				}
				return
			}
			got := Apply([]byte(c.in), []Edit{edit})
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			var read struct {
				Metadata struct {
					Labels map[string]string `json:"labels"`
				} `json:"metadata"`
			}
			if err := json.Unmarshal(Parse(got).Documents[0].JSON(), &read); err != nil {
				t.Fatal(err)
			}
			if l := read.Metadata.Labels; l["release"] != "main" || l["team"] != "1" {
				t.Errorf("the labels are %v", l)
			}
		})
	}
}

func TestAppendLines(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"Plain":        {"x: a b # c\ny: z\n", "x: \"a b\\nc d\\ne\" # c\ny: z\n"},
		"PlainLines":   {"x: a\n  b\ny: z\n", "x: \"a b\\nc d\\ne\"\ny: z\n"},
		"Single":       {"x: 'it''s'\n", "x: \"it's\\nc d\\ne\"\n"},
		"Double":       {"{x: \"a\\n\"}\n", "{x: \"a\\nc d\\ne\"}\n"},
		"JSON":         {`{"x":"a"}`, `{"x":"a\nc d\ne"}`},
		"Literal":      {"x: | # c\n    a\n     b\n\ny: z\n", "x: | # c\n    a\n     b\n    c d\n    e\n\ny: z\n"},
		"LiteralStrip": {"x: |-\n  a", "x: |-\n  a\n  c d\n  e"},
		"LiteralKeep":  {"x: |+\n  a\n\n", "x: |+\n  a\n  c d\n  e\n\n"},
		"LiteralCRLF":  {"x: |\r\n  a\r\ny: z\r\n", "x: |\r\n  a\r\n  c d\r\n  e\r\ny: z\r\n"},
		"Indented":     {"x: |2\n   a\n", ""},
		"Folded":       {"x: >\n  a\n", ""},
		"Tag":          {"x: !!str a\n", ""},
		"Alias":        {"y: &a b\nx: *a\n", ""},
		"Anchor":       {"x: &a b\ny: *a\n", ""},
		"Number":       {"x: 1\n", ""},
		"Missing":      {"y: a\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			valueOf := func(text []byte) string {
				var read struct {
					X any `json:"x"`
				}
				if err := json.Unmarshal(Parse(text).Documents[0].JSON(), &read); err != nil {
					t.Fatal(err)
				}
				x, _ := read.X.(string)
				return x
			}
			old := valueOf([]byte(c.in))
			edit, ok := Parse([]byte(c.in)).Documents[0].AppendLines(fieldpath.New("x"), old, []string{"c d", "e"})
			if !ok {
				if c.want != "" {
					t.Error("there is no edit")
				}
				return
			}
			got := Apply([]byte(c.in), []Edit{edit})
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if value := strings.TrimRight(valueOf(got), "\n"); value != strings.TrimRight(old, "\n")+"\nc d\ne" {
				t.Errorf("the text is %q", value)
			}
		})
	}
}

func TestEntryAt(t *testing.T) {
	const text = `# 0: document
a:
- b: # 1: a[0]
  # 2: a[0].b[0]
  - c: 1
    d: 2 # 3: a[0].b[0]
    # 4: nothing
  # 5: a[0].b[1]

  - e: 1
  # 6: nothing
- f: 1
# 7: document
g: 1
# 8: nothing
`
	want := []string{"", "a[0]", "a[0].b[0]", "a[0].b[0]", "nothing", "a[0].b[1]", "nothing", "", "nothing"}
	document := Parse([]byte(text)).Documents[0]
	for i, c := range document.Comments() {
		path, ok := document.EntryAt(c)
		got := path.String()
		if !ok {
			got = "nothing"
		}
		if got != want[i] {
			t.Errorf("%s: got %q", c.Text, got)
		}
	}
}
