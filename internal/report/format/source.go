package format

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/promgate/promgate/internal/report"
)

// tabWidth is the number of columns between two tab stops.
const tabWidth = 4

const ellipsis = "..."

// A cell is what a terminal shows of one character of a line.
type cell struct {
	text   string
	column int // of its first column, from 0
	width  int // in columns; 0 for a combining character
}

// drawLine returns a line and the line of carets below the characters from start up to end, both
// offsets from 0. At least one caret is drawn. A line of more than columns columns is cut so that
// the first caret stays in view.
func drawLine(text string, start, end, columns int) (line, carets string) {
	near, skipped, more := around(text, start)
	cells := cellsOf(near)
	start = min(start-skipped, len(cells))
	end = min(max(end-skipped, start), len(cells))
	from, to := 0, len(cells)
	if skipped > 0 || more || columnAt(cells, to) > columns {
		from, to = window(cells, start, columns)
	}

	var b strings.Builder
	indent := columnAt(cells, start) - columnAt(cells, from)
	if from+skipped > 0 {
		b.WriteString(ellipsis)
		indent += len(ellipsis)
	}
	for _, c := range cells[from:to] {
		b.WriteString(c.text)
	}
	if to < len(cells) || more {
		b.WriteString(ellipsis)
	}
	marked := max(columnAt(cells, min(end, to))-columnAt(cells, start), 1)
	return b.String(), strings.Repeat(" ", indent) + strings.Repeat("^", marked)
}

// reach is how many characters on either side of a place are looked at: more than a terminal shows,
// and few enough for a file that is one line of JSON with many findings.
const reach = 2000

// around returns the part of a text near a character, how many characters come before that part, and
// whether some come after it.
func around(text string, character int) (near string, skipped int, more bool) {
	if len(text) <= reach {
		return text, 0, false
	}
	character = min(character, utf8.RuneCountInString(text))
	from, n := 0, 0
	for i := range text {
		switch n {
		case character - reach:
			from, skipped = i, n
		case character + reach:
			return text[from:i], skipped, true
		}
		n++
	}
	return text[from:], skipped, false
}

// window returns the cells from and up to which a line that is too long is shown.
func window(cells []cell, start, columns int) (from, to int) {
	total := columnAt(cells, len(cells))
	shown := columns - 2*len(ellipsis)
	left := max(min(columnAt(cells, start)-shown*2/3, total-shown), 0)
	for columnAt(cells, from) < left {
		from++
	}
	for to = from; to < len(cells) && cells[to].column+cells[to].width <= left+shown; {
		to++
	}
	return from, to
}

// columnAt returns the column at which the cell i starts, or the line ends.
func columnAt(cells []cell, i int) int {
	switch {
	case i < len(cells):
		return cells[i].column
	case i == 0:
		return 0
	}
	last := cells[len(cells)-1]
	return last.column + last.width
}

func cellsOf(text string) []cell {
	// OneLine keeps the number of characters.
	shown := []rune(inertMarks(report.OneLine(text)))
	cells := make([]cell, 0, len(shown))
	column := 0
	for i, r := range []rune(text) {
		c := cell{text: string(shown[i]), column: column, width: runeWidth(shown[i])}
		if r == '\t' {
			c.width = tabWidth - column%tabWidth
			c.text = strings.Repeat(" ", c.width)
		}
		column += c.width
		cells = append(cells, c)
	}
	return cells
}

// runeWidth returns how many columns a terminal needs for a character. It is a guess: terminals
// differ, above all for sequences of emoji.
func runeWidth(r rune) int {
	const softHyphen = 0xad
	switch {
	case r == softHyphen:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1160 && r <= 0x11ff: // the second and third part of a Hangul syllable
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}
