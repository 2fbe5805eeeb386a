package doctor

import (
	"fmt"
	"io"

	"github.com/promgate/promgate/internal/report"
)

// TextOptions control what the text looks like.
type TextOptions = report.TextOptions

// colors are those of the answers in a terminal.
var colors = map[Answer]string{OK: "\x1b[32m", Problem: "\x1b[1;31m", Unknown: "\x1b[33m"}

// WriteText writes a diagnosis for people.
func WriteText(w io.Writer, d *Diagnosis, o TextOptions) error {
	text := report.NewSteps(string(Problem), o)
	section := ""
	for _, s := range d.Steps {
		if s.Section != section {
			if section != "" {
				text.Line("")
			}
			text.Line(s.Section)
			section = s.Section
		}
		writeStep(text, s)
	}
	text.Line("")
	text.Paragraph(d.Conclusion)
	if _, err := text.WriteTo(w); err != nil {
		return fmt.Errorf("writing the diagnosis: %w", err)
	}
	return nil
}

func writeStep(text *report.Steps, s Step) {
	text.Step(string(s.Answer), colors[s.Answer], s.Text)
	for _, detail := range s.Details {
		writeItem(text, "- ", detail)
	}
	if s.Fix != "" {
		writeItem(text, "To do: ", s.Fix)
	}
}

// writeItem writes a text below a step, behind a mark.
func writeItem(text *report.Steps, mark, item string) {
	more := 0
	for _, line := range report.Wrap(mark+report.OneLine(item), text.Room()-2) {
		text.Below(more, line)
		more = 2
	}
}
