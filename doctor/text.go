package doctor

import (
	"fmt"
	"io"
	"strings"

	"github.com/promgate/promgate/internal/report"
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

	// indent is what the texts of steps are indented by: two spaces, the longest answer, two spaces.
	indent = 2 + len(Problem) + 2
)

// WriteText writes a diagnosis for people.
func WriteText(w io.Writer, d *Diagnosis, o TextOptions) error {
	t := textWriter{width: defaultWidth, color: o.Color}
	if o.Width > 0 {
		t.width = min(max(o.Width, minWidth), maxWidth)
	}
	section := ""
	for _, s := range d.Steps {
		if s.Section != section {
			if section != "" {
				t.line("")
			}
			t.line(s.Section)
			section = s.Section
		}
		t.step(s)
	}
	t.line("")
	for _, line := range report.Wrap(report.OneLine(d.Conclusion), t.width) {
		t.line(line)
	}
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("writing the diagnosis: %w", err)
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
	answer := string(s.Answer) + strings.Repeat(" ", len(Problem)-len(s.Answer))
	for n, line := range report.Wrap(report.OneLine(s.Text), t.width-indent) {
		if n > 0 {
			t.line(strings.Repeat(" ", indent) + line)
			continue
		}
		_, _ = t.WriteString("  " + t.paint(s.Answer, answer) + "  " + line + "\n")
	}
	for _, detail := range s.Details {
		t.item("- ", detail)
	}
	if s.Fix != "" {
		t.item("To do: ", s.Fix)
	}
}

func (t *textWriter) paint(answer Answer, text string) string {
	if !t.color {
		return text
	}
	colors := map[Answer]string{OK: "\x1b[32m", Problem: "\x1b[1;31m", Unknown: "\x1b[33m"}
	return colors[answer] + text + "\x1b[0m"
}

// item writes a text below a step, behind a mark.
func (t *textWriter) item(mark, text string) {
	for n, line := range report.Wrap(mark+report.OneLine(text), t.width-indent-2) {
		if n > 0 {
			line = "  " + line
		}
		t.line(strings.Repeat(" ", indent) + line)
	}
}
