package source

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// A writer writes strings as scalars, in ways that it chooses at random, and notes where it writes
// each character.
type writer struct {
	*rand.Rand
	strings.Builder

	// newline is "\n" or "\r\n". Indent is the column of what contains the scalar, -1 for nothing.
	newline string
	indent  int

	value string

	// places are those of the characters, in order. A line break in the text has no length there.
	places []stretch

	// impossible is set if the style cannot express the string.
	impossible bool
}

func (w *writer) chance(percent int) bool { return w.IntN(100) < percent }

func (w *writer) pick(texts ...string) string { return texts[w.IntN(len(texts))] }

// put writes what a character is written as.
func (w *writer) put(text string) {
	w.places = append(w.places, stretch{w.Len(), w.Len() + len(text)})
	w.WriteString(text)
}

// putBreak writes a line break that a character is written as.
func (w *writer) putBreak() {
	w.places = append(w.places, stretch{w.Len(), w.Len()})
	w.WriteString(w.newline)
}

// startLine writes the indentation of a line within a plain or quoted scalar.
func (w *writer) startLine() {
	w.WriteString(strings.Repeat(" ", w.indent+1+w.IntN(3)) + w.pick("", "", "\t"))
}

func isBlankByte(s string, i int) bool { return i >= 0 && i < len(s) && (s[i] == ' ' || s[i] == '\t') }

// canFold reports whether the white space from i up to j may be written as line breaks, which drop
// the blanks around them. An edge is the beginning or the end of the string.
func (w *writer) canFold(i, j int, edges bool) bool {
	if !edges && (i == 0 || j == len(w.value)) {
		return false
	}
	return !isBlankByte(w.value, i-1) && !isBlankByte(w.value, j)
}

// fold writes a space, or some line feeds, as line breaks in a plain or quoted scalar, and returns
// how many characters it has written.
func (w *writer) fold(i int, edges bool) int {
	if w.value[i] == ' ' {
		if !w.canFold(i, i+1, edges) || w.chance(70) {
			return 0
		}
		w.WriteString(w.pick("", "  ", "\t"))
		w.putBreak()
		w.startLine()
		return 1
	}
	n := len(w.value[i:]) - len(strings.TrimLeft(w.value[i:], "\n"))
	if n == 0 || !w.canFold(i, i+n, edges) {
		return 0
	}
	w.WriteString(w.newline)
	for range n {
		w.WriteString(w.pick("", "", " ", "      "))
		w.putBreak()
	}
	w.startLine()
	return n
}

func (w *writer) plain() {
	for i := 0; i < len(w.value); {
		if n := w.fold(i, false); n > 0 {
			i += n
			continue
		}
		_, size := utf8.DecodeRuneInString(w.value[i:])
		w.putRaw(w.value[i : i+size])
		i += size
	}
}

// putRaw writes a character as itself, if YAML has it.
func (w *writer) putRaw(char string) {
	r, _ := utf8.DecodeRuneInString(char)
	if r < ' ' && r != '\t' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\ufeff' {
		w.impossible = true
	}
	w.put(char)
}

func (w *writer) singleQuoted() {
	w.WriteString("'")
	for i := 0; i < len(w.value); {
		if n := w.fold(i, true); n > 0 {
			i += n
			continue
		}
		_, size := utf8.DecodeRuneInString(w.value[i:])
		if w.value[i] == '\'' {
			w.put("''")
		} else {
			w.putRaw(w.value[i : i+size])
		}
		i += size
	}
	w.WriteString("'")
}

func (w *writer) doubleQuoted() {
	w.WriteString(`"`)
	mustEscape := false
	for i := 0; i < len(w.value); {
		if n := w.fold(i, true); n > 0 && !mustEscape {
			i += n
			continue
		}
		if w.chance(10) {
			w.WriteString(`\` + w.newline)
			w.startLine()
			mustEscape = true
		}
		r, size := utf8.DecodeRuneInString(w.value[i:])
		isPrintable := r >= ' ' && r != '"' && r != '\\' && r != 0x7f && r != '\u0085' && r != '\u2028' && r != '\ufeff'
		if isPrintable && !mustEscape && w.chance(75) {
			w.put(string(r))
		} else {
			w.put(w.escape(r))
		}
		mustEscape = false
		i += size
	}
	w.WriteString(`"`)
}

func (w *writer) escape(r rune) string {
	short := map[rune]string{
		0: `\0`, '\a': `\a`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\v': `\v`, '\f': `\f`, '\r': `\r`, 0x1b: `\e`, ' ': `\ `,
		'"': `\"`, '\'': `\'`, '\\': `\\`, 0x85: `\N`, 0xa0: `\_`, 0x2028: `\L`, 0x2029: `\P`,
	}
	forms := []string{fmt.Sprintf(`\U%08x`, r)}
	if s, ok := short[r]; ok {
		forms = append(forms, s, s)
	}
	if r <= 0xff {
		forms = append(forms, fmt.Sprintf(`\x%02X`, r))
	}
	if r <= 0xffff {
		forms = append(forms, fmt.Sprintf(`\u%04x`, r))
	}
	return w.pick(forms...)
}

func (w *writer) jsonString() {
	w.WriteString(`"`)
	for _, r := range w.value {
		short := map[rune]string{'\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`, '"': `\"`, '\\': `\\`, '/': `\/`}[r]
		switch {
		case short != "" && w.chance(80):
			w.put(short)
		case r >= ' ' && r != '"' && r != '\\' && w.chance(70):
			w.put(string(r))
		case r > 0xffff:
			r -= 0x10000
			w.put(fmt.Sprintf(`\u%04x\u%04X`, 0xd800+r>>10, 0xdc00+r&0x3ff))
		default:
			w.put(fmt.Sprintf(`\u%04x`, r))
		}
	}
	w.WriteString(`"`)
}

// block writes a literal or folded scalar.
func (w *writer) block(folds bool) {
	content := strings.TrimLeft(w.value, "\n")
	if content == "" {
		w.impossible = true
		return
	}
	content = strings.TrimRight(content, "\n")
	leading := len(w.value) - len(strings.TrimLeft(w.value, "\n"))
	trailing := len(w.value) - len(strings.TrimRight(w.value, "\n"))
	depth := w.writeHeader(folds, trailing, isBlankByte(content, 0))
	for range leading {
		w.WriteString(strings.Repeat(" ", w.IntN(depth+1)))
		w.putBreak()
	}
	lines := strings.Split(content, "\n")
	wasBlank := false
	for i, line := range lines {
		if line == "" {
			continue
		}
		isBlank := isBlankByte(line, 0)
		w.writeBreaks(lines, i, folds && !wasBlank && !isBlank, depth)
		w.WriteString(strings.Repeat(" ", depth))
		w.writeContent(line, folds && !isBlank, depth)
		wasBlank = isBlank
	}
	// The line breaks behind the content are found at its end.
	end := w.Len()
	for range trailing {
		w.places = append(w.places, stretch{end, end})
	}
	w.WriteString(strings.Repeat(w.newline, max(trailing, 1)))
}

// writeHeader writes the indicators and returns the indentation of the content.
func (w *writer) writeHeader(folds bool, trailing int, isBlank bool) int {
	step := 1 + w.IntN(4)
	if w.indent < 0 {
		step++
	}
	indentation, chomping := "", ""
	if isBlank || w.chance(30) {
		indentation = fmt.Sprint(step)
	}
	switch {
	case trailing == 0:
		chomping = "-"
	case trailing > 1 || w.chance(30):
		chomping = "+"
	}
	header := "|"
	if folds {
		header = ">"
	}
	w.WriteString(header + w.pick(indentation+chomping, chomping+indentation) + w.pick("", "", "  ", "\t", " # x|>-'\"") + w.newline)
	return max(w.indent, 0) + step
}

// writeBreaks writes the line breaks between a line and the one with content before it.
func (w *writer) writeBreaks(lines []string, i int, folds bool, depth int) {
	n := 1
	for i-n >= 0 && lines[i-n] == "" {
		n++
	}
	if i-n < 0 {
		return
	}
	if folds {
		w.WriteString(w.newline)
	}
	for k := range n {
		if folds || k > 0 {
			w.WriteString(strings.Repeat(" ", w.IntN(depth+1)))
		}
		w.putBreak()
	}
}

// writeContent writes a line. Some spaces in it become line breaks if it may be folded.
func (w *writer) writeContent(line string, folds bool, depth int) {
	for i, r := range line {
		isBetween := i > 0 && i < len(line)-1 && !isBlankByte(line, i-1) && !isBlankByte(line, i+1)
		if folds && r == ' ' && isBetween && w.chance(40) {
			w.putBreak()
			w.WriteString(strings.Repeat(" ", depth))
			continue
		}
		w.putRaw(string(r))
	}
}
