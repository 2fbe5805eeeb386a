package format

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
)

func TestParagraph(t *testing.T) {
	finding := validation.Finding{Check: "x", Severity: validation.Deny, Path: fieldpath.New("spec"), Problem: "bad", Fix: "mend it"}
	withExcerpt := finding
	withExcerpt.Excerpt = &validation.Excerpt{Text: "sum(up", Start: 6, End: 6}
	object := func(l Located) Located {
		l.File, l.Kind, l.Namespace, l.Name = "a.yaml", "Probe", "shop", "web"
		return l
	}
	for name, c := range map[string]struct {
		located Located
		want    string
	}{
		"Source": {
			object(Located{Finding: finding, Start: Position{7, 4}, End: Position{7, 7}, SourceLine: "a: bad"}),
			"a.yaml:7:4: deny: bad [x]\n  Probe shop/web\n  7 | a: bad\n    |    ^^^\n  hint: mend it\n",
		},
		"SourceBeforeExcerpt": {
			object(Located{Finding: withExcerpt, Start: Position{7, 4}, End: Position{7, 7}, SourceLine: "a: bad"}),
			"a.yaml:7:4: deny: bad [x]\n  Probe shop/web\n  7 | a: bad\n    |    ^^^\n  hint: mend it\n",
		},
		"ExcerptOfSeveralLines": {
			object(Located{Finding: withExcerpt, Start: Position{7, 4}, End: Position{8, 2}, SourceLine: "a: bad"}),
			"a.yaml:7:4: deny: bad [x]\n  Probe shop/web\n    | sum(up\n    |       ^\n  hint: mend it\n",
		},
		"SeveralLinesWithoutExcerpt": {
			object(Located{Finding: finding, Start: Position{7, 4}, End: Position{8, 2}, SourceLine: "a: bad"}),
			"a.yaml:7:4: deny: bad [x]\n  Probe shop/web\n  7 | a: bad\n    |    ^^^\n  hint: mend it\n",
		},
		"NoSource": {
			object(Located{Finding: finding, Start: Position{7, 4}}),
			"a.yaml:7:4: deny: bad [x]\n  Probe shop/web\n  hint: mend it\n",
		},
		"OnlyLine": {
			object(Located{Finding: finding, Start: Position{Line: 7}}),
			"a.yaml:7: deny: bad [x]\n  Probe shop/web\n  hint: mend it\n",
		},
		"NoPosition": {
			object(Located{Finding: finding, Template: "chart/a.yaml"}),
			"a.yaml: deny: bad [x]\n  Probe shop/web, spec (from chart/a.yaml)\n  hint: mend it\n",
		},
		"Live": {
			Located{Finding: withExcerpt, Kind: "Probe", Namespace: "shop", Name: "web"},
			"Probe shop/web: deny: bad [x]\n  spec\n    | sum(up\n    |       ^\n  hint: mend it\n",
		},
		"File": {
			Located{File: "a.yaml", Finding: validation.Finding{Check: "x", Severity: validation.Warn, Problem: "bad"}},
			"a.yaml: warn: bad [x]\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, paragraph(c.located, 80, plain)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestColor holds that colours change nothing but the colours.
func TestColor(t *testing.T) {
	o := sharedOptions()
	want := written(t, "text", sharedReport(), o)
	o.Color = true
	colored := written(t, "text", sharedReport(), o)
	p := paletteFor(o)
	got := strings.NewReplacer(p.place, "", p.deny, "", p.warn, "", p.reset, "").Replace(colored)
	if got != want || colored == want {
		t.Errorf("without the colours (-want +got):\n%s", cmp.Diff(want, got))
	}
}

// TestWidth holds that source lines and excerpts fit the terminal.
func TestWidth(t *testing.T) {
	o := sharedOptions()
	for _, width := range []int{0, 40, 60, 120} {
		o.Width = width
		for line := range strings.Lines(written(t, "text", sharedReport(), o)) {
			cells := cellsOf(strings.TrimSuffix(line, "\n"))
			if limit := max(width, 40); strings.Contains(line, " | ") && width > 0 && columnAt(cells, len(cells)) > limit {
				t.Errorf("%q does not fit %d columns", line, limit)
			}
		}
	}
}

// TestNote: what was not checked is the last line.
func TestNote(t *testing.T) {
	got := written(t, "text", Report{Summary: Summary{Objects: 1, Note: "selection was not\nchecked"}}, Options{})
	if want := "nothing found in 1 object\nnote: selection was not checked\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
