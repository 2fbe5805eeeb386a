package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

func TestFindingLine(t *testing.T) {
	for name, c := range map[string]struct {
		finding validation.Finding
		want    string
		reason  string
	}{
		"Full": {
			validation.Finding{Check: "expr-syntax", Path: fieldpath.New("spec", "groups").Index(0).Field("rules").Index(1).Field("expr"), Subject: validation.Subject{`alert "Down"`}, Problem: "unclosed left parenthesis", Fix: "add the missing )"},
			`spec.groups[0].rules[1].expr (alert "Down"): unclosed left parenthesis; add the missing ) [expr-syntax]`,
			"place, problem, fix and check are in one line",
		},
		"WithoutFix": {
			validation.Finding{Check: "a", Path: fieldpath.New("spec"), Problem: "bad"}, "spec: bad [a]", "the fix may be unknown",
		},
		"WithoutPath": {
			validation.Finding{Check: "a", Problem: "bad", Fix: "mend it"}, "bad; mend it [a]", "without a place there is no colon",
		},
		"LineBreaks": {
			validation.Finding{Check: "a", Path: fieldpath.New("spec\nerror: x"), Problem: "b\r\nc\vd\u0085e\u2028f\u2029g"}, "spec error: x: b  c d e f g [a]", "a text cannot forge a second line of a log",
		},
		"Escape": {
			validation.Finding{Check: "a", Problem: "\x1b[2J\x07\x00\x7f\u009b31m"}, " [2J    31m [a]", "a text cannot send control sequences to the terminal",
		},
		"Bidirectional": {
			validation.Finding{Check: "a", Problem: "a\u202eb\u202cc\u2066d\u2069e"}, "a b c d e [a]", "a text cannot change the direction of writing",
		},
		"OtherScripts": {
			validation.Finding{Check: "a", Problem: "größe 💾 日本 עברית a\u00a0b"}, "größe 💾 日本 עברית a\u00a0b [a]", "all printable characters stay",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Line(c.finding, ReadableLimits())); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestFindingText(t *testing.T) {
	f := validation.Finding{Check: "a", Path: fieldpath.New("spec"), Problem: "bad"}
	if diff := cmp.Diff("spec: bad [a]", Text(f, ReadableLimits())); diff != "" {
		t.Errorf("without an excerpt the text is the line (-want +got):\n%s", diff)
	}
	f.Excerpt = &validation.Excerpt{Text: "up = 0", Start: 3, End: 4}
	if diff := cmp.Diff("spec: bad [a]\n    up = 0\n       ^", Text(f, ReadableLimits())); diff != "" {
		t.Errorf("the excerpt is below the line (-want +got):\n%s", diff)
	}
}

func TestShortLine(t *testing.T) {
	long := strings.Repeat("x", 300)
	path := fieldpath.New("spec", "groups").Index(0).Field("rules").Index(1).Field("expr")
	both := validation.Subject{`group "node"`, `alert "Down, not up"`}
	for name, c := range map[string]struct {
		finding validation.Finding
		length  int
		want    string
		reason  string
	}{
		"Fits": {
			validation.Finding{Check: "a", Path: path, Subject: both, Problem: "bad", Fix: "mend it"}, 200,
			`spec.groups[0].rules[1].expr (group "node", alert "Down, not up"): bad; mend it [a]`, "nothing is omitted without need",
		},
		"WithoutGroup": {
			validation.Finding{Check: "a", Path: path, Subject: both, Problem: "bad", Fix: "mend it"}, 75,
			`spec.groups[0].rules[1].expr (alert "Down, not up"): bad; mend it [a]`, "the path implies the group",
		},
		"OneSubject": {
			validation.Finding{Check: "a", Path: path, Subject: both[:1], Problem: "bad", Fix: "mend it now"}, 55,
			`spec.groups[0].rules[1].expr (group "node"): bad [a]`, "the innermost part of the subject stays",
		},
		"WithoutFix": {
			validation.Finding{Check: "a", Path: path, Subject: both, Problem: "bad", Fix: "mend it"}, 60,
			`spec.groups[0].rules[1].expr (alert "Down, not up"): bad [a]`, "the fix is omitted next",
		},
		"Cut": {
			validation.Finding{Check: "check-id", Problem: long, Fix: "mend it"}, 60,
			strings.Repeat("x", 46) + "... [check-id]", "the end is omitted last, and the check's id stays",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := ShortLine(c.finding, ReadableLimits(), c.length)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("ö", 1000)
	f := validation.Finding{Check: "a", Path: fieldpath.New("spec").Key(long), Subject: validation.Subject{long}, Problem: long}
	if got := []rune(Line(f, ReadableLimits())); len(got) > 200+160+400+20 {
		t.Errorf("the line has %d characters", len(got))
	}
	if got := []rune(Line(f, Limits{})); len(got) < 3000 {
		t.Errorf("without limits the line has only %d characters", len(got))
	}
	if got := []rune(Path(f.Path, ReadableLimits())); len(got) > 200 || !strings.Contains(string(got), "...") {
		t.Errorf("the path has %d characters", len(got))
	}
	if got := ClipBytes(long, 100); len(got) > 100 || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("cut to bytes: %q", got)
	}
}
