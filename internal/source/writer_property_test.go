package source

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/promgate/promgate/internal/fieldpath"
)

// TestEveryCharacter writes random strings in every style and finds each of their characters again.
func TestEveryCharacter(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	const rounds = 1500
	for _, test := range []struct {
		name  string
		write func(*writer)

		// least is how many of the rounds have to give a scalar that can be read.
		least int
	}{
		{"plain", (*writer).plain, rounds / 20},
		{"single-quoted", (*writer).singleQuoted, rounds / 3},
		{"double-quoted", (*writer).doubleQuoted, rounds},
		{"literal", func(w *writer) { w.block(false) }, rounds / 3},
		{"folded", func(w *writer) { w.block(true) }, rounds / 3},
		{"JSON", (*writer).jsonString, rounds},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			written := 0
			for range rounds {
				if w, path := writeDocument(r, test.name, test.write); !w.impossible && checkWritten(t, w, path, test.name) {
					written++
				}
			}
			if written < test.least {
				t.Errorf("only %d of %d strings were written", written, rounds)
			}
		})
	}
}

// randomString returns a string of characters that YAML treats in a special way, as often as others.
func randomString(r *rand.Rand, style string) string {
	parts := []string{"a", "b", "foo", " ", " ", "\n", "é", "日", "😀", "'", `"`, `\`, ":", "#", "{", "]", ",", "-", "|", "%", "/", "0", "\t", " # ", "é: "}
	switch style {
	case "double-quoted":
		parts = append(parts, "\x00", "\x1b", "\u0085", "\u2028", "\ufeff", "\r", "\x7f")
	case "JSON":
		parts = append(parts, "\x01", "\u2028", "\u0085", "\r", "\x7f")
	case "plain":
		parts = append(parts, "x", "y", "yes", "日本", "a:b", "c#d", " ", " ")
	}
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

// writeDocument writes a string somewhere in a document, and returns the path to it.
func writeDocument(r *rand.Rand, style string, write func(*writer)) (*writer, string) {
	w := &writer{Rand: r, value: randomString(r, style), newline: "\n"}
	if style == "JSON" {
		w.WriteString("{\"é\": [1, \"\\n\"],\n\t\"a\": {\"b\": [")
		write(w)
		w.WriteString("]}}")
		return w, "a.b[0]"
	}
	if w.chance(30) {
		w.newline = "\r\n"
	}
	w.WriteString(w.pick("", "\ufeff") + w.pick("", "# é"+w.newline, "---"+w.newline))
	w.WriteString(w.pick("", "é: |"+w.newline+"  日"+w.newline))
	path := "a"
	isFlow := false
	switch w.IntN(5) {
	case 0:
		w.WriteString("a: ")
	case 1:
		w.indent, path = 2, "a.b"
		w.WriteString("a:" + w.newline + "  b: ")
	case 2:
		w.indent, path = 4, "a[1].b"
		w.WriteString("a:" + w.newline + "  - 日" + w.newline + "  - b: ")
	case 3:
		w.indent, path = 2, "a[0]"
		w.WriteString("a:" + w.newline + "  - ")
	case 4:
		if isFlow = style != "literal" && style != "folded"; isFlow {
			path = "a.é[1]"
			w.WriteString("a: {é: [日, ")
		} else {
			w.WriteString("a: ")
		}
	}
	w.WriteString(w.pick("", "", "", "", "&x ", "!!str ", "&x !!str ", "! ", "!!str"+w.newline+"      "))
	write(w)
	switch {
	case isFlow:
		w.WriteString(w.pick("", " ", w.newline+"  ") + "]}" + w.newline)
	case style == "literal" || style == "folded":
	default:
		w.WriteString(w.pick("", "  ", " # "+inComment(w.value)) + w.newline)
	}
	w.WriteString(w.pick("", "c: foo"+w.newline, "# foo"))
	return w, path
}

// inComment returns a text without the characters that a comment cannot have.
func inComment(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0xfeff {
			return -1
		}
		return r
	}, text)
}

// checkWritten holds that the place of each character is where it was written. It reports false if
// the document says something else, which only happens to plain scalars.
func checkWritten(t *testing.T, w *writer, path, style string) bool {
	t.Helper()
	text := w.String()
	f := Parse([]byte(text))
	p := parsePath(path)
	if style == "plain" && (len(f.Errors) > 0 || len(f.Documents) == 0 || valueAt(f.Documents[0], p) != w.value || w.value == "") {
		return false
	}
	if strings.ContainsAny(w.value, "\x00\x01\x1b\x7f") && len(f.Errors) > 0 {
		return false
	}
	if len(f.Errors) > 0 || len(f.Documents) != 1 {
		t.Fatalf("%q: errors %v", text, f.Errors)
	}
	d := f.Documents[0]
	if got := valueAt(d, p); got != w.value {
		t.Fatalf("%q has %q, want %q", text, got, w.value)
	}
	i := 0
	for n, r := range w.value {
		want := w.places[i]
		i++
		span, fit := d.Within(p, false, w.value, n, n+utf8.RuneLen(r))
		line, column := lineAndColumn(text[:want.start])
		if fit != Exact || span.Start != (Position{want.start, line, column}) || span.End.Offset != want.end {
			t.Fatalf("%q: %q at byte %d of %q is at %+v, want %+v; the fit is %d", text, r, n, w.value, span, want, fit)
		}
	}
	return true
}

// valueAt returns the string at a path of a document's JSON.
func valueAt(d *Document, p fieldpath.Path) string {
	var value any
	if err := json.Unmarshal(d.JSON(), &value); err != nil {
		return ""
	}
	for _, step := range p.Steps() {
		switch at := value.(type) {
		case map[string]any:
			value = at[step.Name]
		case []any:
			if step.Index >= len(at) {
				return ""
			}
			value = at[step.Index]
		}
	}
	s, _ := value.(string)
	return s
}
