package source

import (
	"encoding/json"
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
		"Null":        {"metadata:\n  name: a\n  labels:\n", ""},
		"LastIsBlock": {"metadata:\n  name: a\n  labels:\n    app: |-\n      b\nspec: {}\n", ""},
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
