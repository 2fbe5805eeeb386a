package source

import (
	"strconv"
	"strings"
	"testing"

	"github.com/promgate/promgate/internal/fieldpath"
)

// Tests mark places in their texts with these brackets.
const (
	opening = "⟦"
	closing = "⟧"
)

// A place is a marked part of a text, counted in a way that differs from the package's.
type place struct{ start, end, line, column, endLine, endColumn int }

// unmark returns a text without brackets, and the places that were between them.
func unmark(t *testing.T, marked string) (text string, places []place) {
	t.Helper()
	for {
		before, rest, ok := strings.Cut(marked, opening)
		if !ok {
			return marked, places
		}
		inside, after, ok := strings.Cut(rest, closing)
		if !ok {
			t.Fatalf("a bracket is not closed in %q", marked)
		}
		p := place{start: len(before), end: len(before) + len(inside)}
		p.line, p.column = lineAndColumn(before)
		p.endLine, p.endColumn = lineAndColumn(before + inside)
		places = append(places, p)
		marked = before + inside + after
	}
}

func unmarkOne(t *testing.T, marked string) (string, place) {
	t.Helper()
	text, places := unmark(t, marked)
	if len(places) != 1 {
		t.Fatalf("%d places are marked in %q", len(places), marked)
	}
	return text, places[0]
}

// lineAndColumn returns the position of the end of a text.
func lineAndColumn(text string) (line, column int) {
	lines := strings.Split(strings.TrimPrefix(text, byteOrderMark), "\n")
	return len(lines), len([]rune(lines[len(lines)-1])) + 1
}

func checkSpan(t *testing.T, got Span, want place) {
	t.Helper()
	if p := (place{
		got.Start.Offset, got.End.Offset, got.Start.Line, got.Start.Column, got.End.Line, got.End.Column,
	}); p != want {
		t.Errorf("got  %+v\nwant %+v", p, want)
	}
}

// parsePath reads a path such as a.b[0][key].
func parsePath(text string) fieldpath.Path {
	var p fieldpath.Path
	for text != "" {
		var step string
		if rest, ok := strings.CutPrefix(text, "["); ok {
			step, text, _ = strings.Cut(rest, "]")
			if i, err := strconv.Atoi(step); err == nil {
				p = p.Index(i)
			} else {
				p = p.Key(step)
			}
			continue
		}
		text = strings.TrimPrefix(text, ".")
		end := strings.IndexAny(text, ".[")
		if end < 0 {
			end = len(text)
		}
		p, text = p.Field(text[:end]), text[end:]
	}
	return p
}

// parseOne returns the only document of a text.
func parseOne(t *testing.T, text string) *Document {
	t.Helper()
	f := Parse([]byte(text))
	if len(f.Documents) != 1 || len(f.Errors) != 0 {
		t.Fatalf("%q has %d documents, errors %v", text, len(f.Documents), f.Errors)
	}
	return f.Documents[0]
}
