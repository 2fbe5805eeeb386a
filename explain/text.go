package explain

import (
	"cmp"
	"fmt"
	"io"

	"github.com/promgate/promgate/internal/report"
	"github.com/promgate/promgate/validation"
)

// TextOptions control what the text looks like.
type TextOptions = report.TextOptions

// colors are those of the answers in a terminal.
var colors = map[Answer]string{Yes: "\x1b[32m", No: "\x1b[1;31m", Unknown: "\x1b[33m"}

// WriteText writes an explanation for people.
func WriteText(w io.Writer, x *Explanation, o TextOptions) error {
	text := report.NewSteps(string(Unknown), o)
	text.Line(x.Ref.String())
	section := ""
	for n, s := range x.Steps {
		if s.Section != section {
			text.Line("")
			text.Line(s.Section)
		} else if n == 0 {
			text.Line("")
		}
		section = s.Section
		writeStep(text, s)
	}
	text.Line("")
	text.Paragraph(x.Conclusion)
	if _, err := text.WriteTo(w); err != nil {
		return fmt.Errorf("writing the explanation: %w", err)
	}
	return nil
}

func writeStep(text *report.Steps, s Step) {
	text.Step(string(s.Answer), colors[s.Answer], s.Text)
	for _, detail := range s.Details {
		writeItem(text, detail)
	}
	for _, f := range s.Findings {
		writeFinding(text, f)
	}
}

// writeItem writes a text below a step.
func writeItem(text *report.Steps, item string) {
	mark := "- "
	for _, line := range report.Wrap(report.OneLine(item), text.Room()-2) {
		text.Below(0, mark+line)
		mark = "  "
	}
}

// writeFinding writes a finding of a check, with the line of its excerpt.
func writeFinding(text *report.Steps, f validation.Finding) {
	writeItem(text, string(severityOf(f))+": "+report.Line(f, report.ReadableLimits()))
	if f.Excerpt == nil {
		return
	}
	const below = 4
	line, carets := report.Excerpt(*f.Excerpt, text.Room()-below-6) // less the two ellipses
	text.Below(below, line)
	text.Below(below, carets)
}

// severityOf returns the severity of a finding. What only the judge finds has none.
func severityOf(f validation.Finding) validation.Severity {
	return cmp.Or(f.Severity, validation.Deny)
}
