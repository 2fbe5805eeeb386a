package source

import "strings"

// A style is the way in which a scalar is written.
type style uint8

const (
	plain style = iota
	singleQuoted
	doubleQuoted
	literal
	folded

	// jsonString is double-quoted without folding: a line separator in it is a character like others.
	jsonString
)

// A run says where a part of a decoded scalar comes from.
type run struct {
	// decoded and source are where it begins: in the decoded text, and in the file.
	decoded, source int

	// length is the number of bytes in the file.
	length int

	kind runKind
}

type runKind uint8

const (
	// verbatim runs are the same bytes in the file.
	verbatim runKind = iota

	// A unit is an escape: all bytes of its result come from all bytes of the escape.
	unit

	// A lineBreak is one in the file, whatever it becomes.
	lineBreak
)

// A decoder decodes one scalar, and compares the result with the value that the library has for
// it: a value is never decoded past what the library says, and a difference is noticed at once.
type decoder struct {
	// text is the file up to the end of the document; pos is where the decoder reads next.
	text []byte
	pos  int

	// value is the library's, of which the first done bytes have been decoded.
	value string
	done  int

	// runs is filled if records is true.
	runs    []run
	records bool

	differs bool
}

// decode decodes a scalar whose first character is at pos. It reports whether the result is the
// value; end is where the scalar ends then.
func (d *decoder) decode(s style) (end int, ok bool) {
	switch s {
	case plain:
		d.plain()
	case singleQuoted:
		d.quoted('\'', true)
	case doubleQuoted:
		d.quoted('"', true)
	case jsonString:
		d.quoted('"', false)
	case literal, folded:
		d.block(s == folded)
	}
	return d.pos, !d.differs && d.done == len(d.value)
}

func (d *decoder) isDone() bool { return d.differs || d.done == len(d.value) }

// copy decodes n bytes at the offset as themselves.
func (d *decoder) copy(offset, n int) {
	if d.differs || n > len(d.value)-d.done || string(d.text[offset:offset+n]) != d.value[d.done:d.done+n] {
		d.differs = true
		return
	}
	if d.records && n > 0 {
		d.recordCopy(offset, n)
	}
	d.done += n
}

func (d *decoder) recordCopy(offset, n int) {
	if i := len(d.runs) - 1; i >= 0 && d.runs[i].kind == verbatim && d.runs[i].source+d.runs[i].length == offset {
		d.runs[i].length += n
		return
	}
	d.runs = append(d.runs, run{decoded: d.done, source: offset, length: n, kind: verbatim})
}

// emit decodes what a run describes as a text.
func (d *decoder) emit(r run, text string) {
	if d.differs || !strings.HasPrefix(d.value[d.done:], text) {
		d.differs = true
		return
	}
	r.decoded = d.done
	d.done += len(text)
	if d.records {
		d.runs = append(d.runs, r)
	}
}

// plain decodes an unquoted scalar. Where it ends depends on what surrounds it; here it ends with
// the value.
func (d *decoder) plain() {
	for !d.isDone() {
		start := d.pos
		for d.pos < len(d.text) && d.pos-start < len(d.value)-d.done && !d.atBlank() && !d.atBreak() {
			d.pos++
		}
		d.copy(start, d.pos-start)
		if d.isDone() {
			return
		}
		if d.pos == start && !d.atBlank() && !d.atBreak() {
			d.differs = true
			return
		}
		d.foldLines(false)
	}
}

// foldLines decodes white space in a plain or quoted scalar: blanks within a line are kept, blanks
// around line breaks dropped, one line break is a space, and more are one less. After an escaped
// line break no more line breaks are dropped.
func (d *decoder) foldLines(escaped bool) {
	start := d.pos
	d.skipBlanks()
	if !escaped && !d.atBreak() {
		d.copy(start, d.pos-start)
		return
	}
	var first run
	firstText := ""
	if !escaped {
		first, firstText = d.takeBreak()
		d.skipBlanks()
	}
	isFolded := firstText == "\n"
	if firstText != "" && !isFolded {
		d.emit(first, firstText)
	}
	if isFolded && !d.atBreak() {
		d.emit(first, " ")
		return
	}
	for d.atBreak() {
		r, text := d.takeBreak()
		d.emit(r, text)
		d.skipBlanks()
	}
}

func (d *decoder) skipBlanks() {
	for d.atBlank() {
		d.pos++
	}
}

func (d *decoder) atBlank() bool {
	return d.pos < len(d.text) && (d.text[d.pos] == ' ' || d.text[d.pos] == '\t')
}

func (d *decoder) atBreak() bool { return breakLength(d.text, d.pos) > 0 }

// takeBreak reads a line break and returns what it becomes where it is kept.
func (d *decoder) takeBreak() (run, string) {
	n := breakLength(d.text, d.pos)
	r := run{source: d.pos, length: n, kind: lineBreak}
	text := "\n"
	if n == 3 {
		text = string(d.text[d.pos : d.pos+n])
	}
	d.pos += n
	return r, text
}

// breakLength returns the length of the line break at an offset, or 0. YAML 1.1, and with it the
// library, has more of them than editors: a lone carriage return, U+0085, U+2028 and U+2029. The
// last two are the only ones of 3 bytes.
func breakLength(text []byte, i int) int {
	if i >= len(text) {
		return 0
	}
	next := func(n int) byte {
		if i+n < len(text) {
			return text[i+n]
		}
		return 0
	}
	switch text[i] {
	case '\n':
		return 1
	case '\r':
		if next(1) == '\n' {
			return 2
		}
		return 1
	case 0xc2:
		if next(1) == 0x85 {
			return 2
		}
	case 0xe2:
		if next(1) == 0x80 && (next(2) == 0xa8 || next(2) == 0xa9) {
			return 3
		}
	}
	return 0
}
