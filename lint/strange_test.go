package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/promgate/promgate/internal/load"
)

const head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\nspec:\n"

// bomb is a text whose aliases expand to 9^9 values.
func bomb() string {
	text := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'j'; c++ {
		text += fmt.Sprintf("%c: &%c [*%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c, *%[3]c]\n", c, c, c-1)
	}
	return text
}

func wide(text string) string {
	return "\xff\xfe" + strings.Join(strings.Split(text, ""), "\x00") + "\x00"
}

// TestStrangeFiles: a file that no reader takes has one finding, at its place, and neither ends promgate nor
// keeps it busy. The files are in a directory: nobody has named them.
func TestStrangeFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"Deep":          {head + "  groups: " + strings.Repeat("[", 20000) + "\n", "5:10011 exceeded max depth"},
		"DeepJSON":      {`{"apiVersion": "monitoring.coreos.com/v1", "a": ` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", "1:1 exceeded max depth"},
		"Bomb":          {head + "  groups: []\n" + bomb(), "1:1 too many values"},
		"RuleBomb":      {"groups: [{name: a, rules: []}]\n" + bomb(), "1:1 too many values"},
		"Loop":          {head + "  groups: &a [*a]\n", "5:15 contains it"},
		"OtherDocument": {head + "  groups: &a []\n---\n" + head + "  groups: *a\n", "11:11 no anchor &a precedes"},
		"Tab":           {head + "\tgroups: []\n", "5:1 indent with spaces"},
		"Null":          {head + "  groups: []\n\x00", "6:1 control character"},
		"Latin1":        {head + "  groups: [{name: \"\xe9\"}]\n", "5:20 not valid UTF-8"},
		"UTF-16":        {wide(head + "  groups: []\n"), "1:1 encoded as UTF-16LE"},
		"Unclosed":      {head + "  groups: \"" + strings.Repeat("a\n", 1000), "5:11 the quote is not closed"},
		"CRLF":          {strings.ReplaceAll(head, "\n", "\r\n") + "  groups: [\r\n", "6:1 "},
		"Mark":          {"\xef\xbb\xbfapiVersion: {monitoring.coreos.com\n", "2:1 "},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, load.File{Name: "a.yaml", Text: []byte(c.text)})
			if len(r.Findings) != 1 {
				t.Fatalf("%d findings: %+v", len(r.Findings), r.Findings)
			}
			f := r.Findings[0]
			place, message, _ := strings.Cut(c.want, " ")
			if got := fmt.Sprintf("%d:%d", f.Start.Line, f.Start.Column); got != place || !strings.Contains(f.Finding.Problem, message) {
				t.Errorf("got %s %s, want %s", got, f.Finding.Problem, c.want)
			}
		})
	}
	for name, text := range map[string]string{
		"Empty": "", "Separators": "---\n---\n# a\n---\n...\n", "Nulls": strings.Repeat("\x00", 100), "Binary": "\x89PNG\r\n\x1a\n", "Other": wide("a: [\n"),
	} {
		if r := run(t, load.File{Name: "a.yaml", Text: []byte(text)}); len(r.Findings) > 0 {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
}
