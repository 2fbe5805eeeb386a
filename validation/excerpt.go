package validation

import "strings"

// Excerpt is a place in a text: the bytes from Start up to End, both offsets into
// Text. Where End is not beyond Start, the place is a point.
type Excerpt struct {
	Text       string
	Start, End int
}

const (
	// excerptIndent sets the excerpt off from the message above it.
	excerptIndent = "    "

	// excerptWidth is how many characters of a line are shown: with the indent, it
	// fits a terminal of 100 columns.
	excerptWidth = 90

	// ellipsis stands for what is cut off a long line.
	ellipsis = "..."
)

// String draws the line of the place, and carets under the place, both indented.
// A long line is cut around it. A place in the line ends after the text moves to
// the end of the last line: there is nothing else to show. It returns two lines,
// without a line end.
func (e Excerpt) String() string {
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

	line := []rune(oneLine(e.Text[lineStart:lineEnd]))
	from := len([]rune(e.Text[lineStart:start]))
	width := max(len([]rune(e.Text[start:end])), 1)

	shown, from := cut(line, from)
	width = min(width, max(len([]rune(shown))-from, 1))
	return excerptIndent + shown + "\n" +
		excerptIndent + strings.Repeat(" ", from) + strings.Repeat("^", width)
}

// cut takes a window of a long line around column at, and returns it with the
// column in the window.
func cut(line []rune, at int) (string, int) {
	if len(line) <= excerptWidth {
		return string(line), at
	}
	from := min(max(at-excerptWidth*2/3, 0), len(line)-excerptWidth)
	window := string(line[from : from+excerptWidth])
	at -= from
	if from > 0 {
		window = ellipsis + window
		at += len(ellipsis)
	}
	if from+excerptWidth < len(line) {
		window += ellipsis
	}
	return window, at
}
