package report

import (
	"strings"

	"github.com/promgate/promgate/validation"
)

// excerptIndent sets the excerpt off from the message above it.
const excerptIndent = "    "

func excerptLines(e validation.Excerpt, width int) string {
	line, carets := Excerpt(e, width)
	return excerptIndent + line + "\n" + excerptIndent + carets
}

// Excerpt returns the line of the place and a line of carets under the place, both without a line
// end. A line longer than width, in characters, is cut around the place. A place behind the last
// line moves to the end of that line: there is nothing else to show.
func Excerpt(e validation.Excerpt, width int) (string, string) {
	start := min(max(e.Start, 0), len(strings.TrimRight(e.Text, "\r\n")))
	end := min(max(e.End, start), len(e.Text))

	lineStart := strings.LastIndexByte(e.Text[:start], '\n') + 1
	lineEnd := len(e.Text)
	if i := strings.IndexByte(e.Text[start:], '\n'); i >= 0 {
		lineEnd = start + i
	}
	if lineEnd > start && e.Text[lineEnd-1] == '\r' {
		lineEnd--
	}
	end = min(end, lineEnd)

	line := []rune(OneLine(e.Text[lineStart:lineEnd]))
	column := len([]rune(e.Text[lineStart:start]))
	carets := max(len([]rune(e.Text[start:end])), 1)

	shown, column := excerptWindow(line, column, width)
	carets = min(carets, max(len([]rune(shown))-column, 1))
	return shown, strings.Repeat(" ", column) + strings.Repeat("^", carets)
}

// excerptWindow cuts a long line around a column, and returns what is left and the column
// in it.
func excerptWindow(line []rune, column, width int) (string, int) {
	if width <= 0 || len(line) <= width {
		return string(line), column
	}
	from := min(max(column-width*2/3, 0), len(line)-width)
	window := string(line[from : from+width])
	column -= from
	if from > 0 {
		window = ellipsis + window
		column += len(ellipsis)
	}
	if from+width < len(line) {
		window += ellipsis
	}
	return window, column
}
