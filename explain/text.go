package explain

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/validation"
)

// TextOptions control what the text looks like. The zero value is for a writer that is no terminal.
type TextOptions struct {
	// Color allows colours, and Width is that of the terminal in columns: 0 means 80.
	Color bool
	Width int
}

const (
	defaultWidth = 80

	// maxWidth keeps lines readable in a wide terminal, and minWidth in a narrow one.
	maxWidth, minWidth = 100, 40

	// indent is what the texts of steps are indented by: two spaces, the longest answer, two
	// spaces.
	indent = 2 + len(Unknown) + 2
)

// WriteText writes an explanation for people.
func WriteText(w io.Writer, x *Explanation, o TextOptions) error {
	t := textWriter{width: defaultWidth, color: o.Color}
	if o.Width > 0 {
		t.width = min(max(o.Width, minWidth), maxWidth)
	}
	t.line(x.Ref.String())
	section := ""
	for n, s := range x.Steps {
		if s.Section != section {
			t.line("")
			t.line(s.Section)
		} else if n == 0 {
			t.line("")
		}
		section = s.Section
		t.step(s)
	}
	t.line("")
	for _, line := range report.Wrap(report.OneLine(x.Conclusion), t.width) {
		t.line(line)
	}
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("writing the explanation: %w", err)
	}
	return nil
}

type textWriter struct {
	strings.Builder

	width int
	color bool
}

// line writes a line. The text of a user can neither break it nor drive the terminal.
func (t *textWriter) line(text string) {
	_, _ = t.WriteString(strings.TrimRight(report.OneLine(text), " ") + "\n")
}

func (t *textWriter) step(s Step) {
	answer := string(s.Answer) + strings.Repeat(" ", len(Unknown)-len(s.Answer))
	for n, line := range report.Wrap(report.OneLine(s.Text), t.width-indent) {
		if n > 0 {
			t.line(strings.Repeat(" ", indent) + line)
			continue
		}
		_, _ = t.WriteString("  " + t.paint(s.Answer, answer) + "  " + line + "\n")
	}
	for _, detail := range s.Details {
		t.item(detail)
	}
	for _, f := range s.Findings {
		t.finding(f)
	}
}

func (t *textWriter) paint(answer Answer, text string) string {
	if !t.color {
		return text
	}
	colors := map[Answer]string{Yes: "\x1b[32m", No: "\x1b[1;31m", Unknown: "\x1b[33m"}
	return colors[answer] + text + "\x1b[0m"
}

// item writes a text below a step.
func (t *textWriter) item(text string) {
	for n, line := range report.Wrap(report.OneLine(text), t.width-indent-2) {
		mark := "  "
		if n == 0 {
			mark = "- "
		}
		t.line(strings.Repeat(" ", indent) + mark + line)
	}
}

// finding writes a finding of a check, with the line of its excerpt.
func (t *textWriter) finding(f validation.Finding) {
	t.item(string(severityOf(f)) + ": " + report.Line(f, report.ReadableLimits()))
	if f.Excerpt == nil {
		return
	}
	const below = indent + 4
	line, carets := report.Excerpt(*f.Excerpt, t.width-below-6) // less the two ellipses
	t.line(strings.Repeat(" ", below) + line)
	t.line(strings.Repeat(" ", below) + carets)
}

// severityOf returns the severity of a finding. What only the judge finds has none.
func severityOf(f validation.Finding) validation.Severity {
	return cmp.Or(f.Severity, validation.Deny)
}
