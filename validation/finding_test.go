package validation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindingLine(t *testing.T) {
	for name, c := range map[string]struct {
		finding Finding
		want    string
		reason  string
	}{
		"Full": {
			Finding{Check: "expr-syntax", Path: "spec.groups[0].rules[1].expr", Subject: `alert "Down"`, Problem: "unclosed left parenthesis", Fix: "add the missing )"},
			`spec.groups[0].rules[1].expr (alert "Down"): unclosed left parenthesis; add the missing ) [expr-syntax]`,
			"place, problem, fix and check stand in one line",
		},
		"WithoutFix": {
			Finding{Check: "a", Path: "spec", Problem: "bad"}, "spec: bad [a]", "a fix is not always known",
		},
		"WithoutPath": {
			Finding{Check: "a", Problem: "bad", Fix: "mend it"}, "bad; mend it [a]", "no place, no colon",
		},
		"LineBreaks": {
			Finding{Check: "a", Path: "spec\nerror: x", Problem: "b\r\nc\vd\u0085e\u2028f\u2029g"}, "spec error: x: b  c d e f g [a]", "nobody forges a second line of a log",
		},
		"Escape": {
			Finding{Check: "a", Problem: "\x1b[2J\x07\x00\x7f\u009b31m"}, " [2J    31m [a]", "nobody drives the terminal of a reader",
		},
		"Bidirectional": {
			Finding{Check: "a", Problem: "a\u202eb\u202cc\u2066d\u2069e"}, "a b c d e [a]", "nobody turns the text around",
		},
		"OtherScripts": {
			Finding{Check: "a", Problem: "größe 💾 日本 עברית a\u00a0b"}, "größe 💾 日本 עברית a\u00a0b [a]", "all that can be read stays",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.finding.Line()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestFindingText(t *testing.T) {
	f := Finding{Check: "a", Path: "spec", Problem: "bad"}
	if diff := cmp.Diff("spec: bad [a]", f.Text()); diff != "" {
		t.Errorf("without an excerpt the text is the line (-want +got):\n%s", diff)
	}
	f.Excerpt = &Excerpt{Text: "up = 0", Start: 3, End: 4}
	if diff := cmp.Diff("spec: bad [a]\n    up = 0\n       ^", f.Text()); diff != "" {
		t.Errorf("the excerpt stands below the line (-want +got):\n%s", diff)
	}
}
