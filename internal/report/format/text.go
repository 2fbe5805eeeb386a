package format

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"

	"github.com/promgate/promgate/internal/report"
)

// defaultWidth is the width in columns of a text that goes to no terminal.
const defaultWidth = 100

// A palette holds the escape sequences of a text. The zero palette has no colours.
type palette struct{ place, deny, warn, reset string }

var plain = palette{}

func paletteFor(o Options) palette {
	if !o.Color {
		return plain
	}
	return palette{place: "\x1b[1m", deny: "\x1b[1;31m", warn: "\x1b[1;33m", reset: "\x1b[0m"}
}

func (p palette) severity(l Located) string {
	if l.denies() {
		return p.deny
	}
	return p.warn
}

// paint encloses a text in a colour.
func (p palette) paint(color, text string) string {
	if color == "" {
		return text
	}
	return color + text + p.reset
}

func writeText(b *bytes.Buffer, r Report, o Options) error {
	for _, l := range r.Findings {
		b.WriteString(paragraph(l, cmp.Or(o.Width, defaultWidth), paletteFor(o)) + "\n")
	}
	b.WriteString(r.Summary.sentence() + "\n")
	if note := r.Summary.Note; note != "" {
		b.WriteString("note: " + inertMarks(report.OneLine(note)) + "\n")
	}
	return nil
}

// paragraph returns a finding in full: what is wrong and where, the object, the line with a caret,
// and the hint. Each line has a line end.
func paragraph(l Located, width int, p palette) string {
	var b strings.Builder
	b.WriteString(headline(l, p) + "\n")
	if about := aboutObject(l); about != "" {
		b.WriteString("  " + about + "\n")
	}
	if gutter, line, carets := drawing(l, width); line != "" || carets != "" {
		b.WriteString("  " + gutter + " | " + line + "\n")
		blank := strings.Repeat(" ", len(gutter))
		b.WriteString("  " + blank + " | " + p.paint(p.severity(l), carets) + "\n")
	}
	if hint := l.hint(); hint != "" {
		b.WriteString("  hint: " + inertMarks(hint) + "\n")
	}
	return b.String()
}

// headline returns a finding's place, severity, message and check in one line.
func headline(l Located, p palette) string {
	severity := string(l.Finding.Severity)
	return p.paint(p.place, inert(l.place())) + ": " +
		p.paint(p.severity(l), severity) + ": " +
		inertMarks(l.message()) + " [" + inertMarks(report.OneLine(l.Finding.Check)) + "]"
}

// aboutObject names the object and the place in it, in one line. The field's path is only there if
// the headline has no position.
func aboutObject(l Located) string {
	var parts []string
	add := func(part string) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if l.File != "" {
		add(l.object().String())
	}
	if l.Start.Line == 0 {
		add(report.Path(l.Finding.Path, limits()))
	}
	add(report.Subject(l.Finding, limits()))
	about := strings.Join(parts, ", ")
	if l.Template != "" {
		about = strings.TrimSpace(about + " (from " + report.OneLine(l.Template) + ")")
	}
	return inert(about)
}

// drawing returns the line of the place with a line of carets below it, and the line's number. The
// texts are empty if there is nothing to show.
func drawing(l Located, width int) (gutter, line, carets string) {
	number := strconv.Itoa(l.Start.Line)
	spans := l.end().Line > l.Start.Line
	// A place that spans lines of the file is often one line of the text that the field holds, such
	// as an expression in a folded scalar.
	if e := l.Finding.Excerpt; e != nil && (l.SourceLine == "" || spans) {
		line, carets = report.Excerpt(*e, room(width, " ")-2*len(ellipsis))
		return " ", inertMarks(line), carets
	}
	if l.SourceLine == "" || l.Start.Line == 0 {
		return "", "", ""
	}
	start := max(l.Start.Column-1, 0)
	end := l.end().Column - 1
	if spans {
		end = len(l.SourceLine)
	}
	line, carets = drawLine(l.SourceLine, start, end, room(width, number))
	return number, line, carets
}

// minRoom keeps a place readable in a terminal that is too narrow for it.
const minRoom = 20

// room returns the columns that are left for a line beside its gutter.
func room(width int, gutter string) int {
	return max(width-len("  ")-len(gutter)-len(" | "), minRoom)
}
