package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// TextOptions control what a text for people looks like. The zero value is for a writer that is no terminal.
type TextOptions struct {
	// Color allows colours, and Width is that of the terminal in columns: 0 means 80.
	Color bool
	Width int
}

const (
	defaultWidth = 80

	// maxWidth keeps lines readable in a wide terminal, and minWidth in a narrow one.
	maxWidth, minWidth = 100, 40
)

// Steps is a text that answers one question after the other.
type Steps struct {
	text   strings.Builder
	width  int
	answer int // the length of the longest answer
	color  bool
}

// NewSteps returns an empty text. No answer is longer than the given one.
func NewSteps(longest string, o TextOptions) *Steps {
	s := &Steps{width: defaultWidth, answer: len(longest), color: o.Color}
	if o.Width > 0 {
		s.width = min(max(o.Width, minWidth), maxWidth)
	}
	return s
}

// Indent is what the texts of steps are indented by: two spaces, the longest answer, two spaces.
func (s *Steps) Indent() int { return 2 + s.answer + 2 }

// Room is how many columns the texts of steps have.
func (s *Steps) Room() int { return s.width - s.Indent() }

// Line writes a line. The text of a user can neither break it nor drive the terminal.
func (s *Steps) Line(text string) {
	_, _ = s.text.WriteString(strings.TrimRight(OneLine(text), " ") + "\n")
}

// Below writes a line that is indented like the texts of steps, and so many columns more.
func (s *Steps) Below(more int, line string) {
	s.Line(strings.Repeat(" ", s.Indent()+more) + line)
}

// Paragraph writes a text over the whole width.
func (s *Steps) Paragraph(text string) {
	for _, line := range Wrap(OneLine(text), s.width) {
		s.Line(line)
	}
}

// Step writes a step: an answer, in a colour of the terminal, and its text.
func (s *Steps) Step(answer, color, text string) {
	padded := answer + strings.Repeat(" ", s.answer-len(answer))
	if s.color {
		padded = color + padded + "\x1b[0m"
	}
	for n, line := range Wrap(OneLine(text), s.Room()) {
		if n > 0 {
			s.Below(0, line)
			continue
		}
		_, _ = s.text.WriteString("  " + padded + "  " + line + "\n")
	}
}

// WriteTo writes the text. It implements [io.WriterTo].
func (s *Steps) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, s.text.String())
	return int64(n), err //nolint:wrapcheck // the caller says what it writes
}

// WriteJSON writes a value for programs.
func WriteJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}
