package source

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted decodes a scalar in single or double quotes.
func (d *decoder) quoted(quote byte, folds bool) {
	d.pos++
	for d.pos < len(d.text) && !d.differs {
		start := d.pos
		for d.pos < len(d.text) && d.text[d.pos] != quote && d.text[d.pos] != '\\' && (!folds || !d.atBlank() && !d.atBreak()) {
			d.pos++
		}
		d.copy(start, d.pos-start)
		if d.pos == len(d.text) {
			break
		}
		switch {
		case d.text[d.pos] == quote && quote == '\'' && d.byteAt(1) == '\'':
			d.emit(run{source: d.pos, length: 2, kind: unit}, "'")
			d.pos += 2
		case d.text[d.pos] == quote:
			d.pos++
			return
		case d.text[d.pos] != '\\':
			d.foldLines(false)
		case quote == '\'':
			d.copy(d.pos, 1)
			d.pos++
		case breakLength(d.text, d.pos+1) > 0:
			d.pos++
			d.takeBreak()
			d.foldLines(true)
		default:
			d.escape()
		}
	}
	d.differs = true
}

func (d *decoder) byteAt(n int) byte {
	if d.pos+n < len(d.text) {
		return d.text[d.pos+n]
	}
	return 0
}

// escapes are those of one character.
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	' ': " ", '"': `"`, '\'': "'", '/': "/", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// escape decodes a backslash and what belongs to it.
func (d *decoder) escape() {
	r := run{source: d.pos, length: 2, kind: unit}
	text, ok := escapes[d.byteAt(1)]
	if !ok {
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[d.byteAt(1)]
		code, valid := d.hexadecimal(2, digits)
		if !valid {
			d.differs = true
			return
		}
		r.length += digits
		if low, valid := d.hexadecimal(r.length+2, 4); valid && d.byteAt(r.length) == '\\' && d.byteAt(r.length+1) == 'u' {
			if pair := utf16.DecodeRune(code, low); pair != utf8.RuneError {
				code = pair
				r.length += 6
			}
		}
		// Half a pair becomes U+FFFD, as in encoding/json. The YAML library refuses it.
		text = string(code)
	}
	d.emit(r, text)
	d.pos += r.length
}

func (d *decoder) hexadecimal(from, digits int) (rune, bool) {
	start, end := d.pos+from, d.pos+from+digits
	if digits == 0 || end > len(d.text) {
		return 0, false
	}
	code, err := strconv.ParseUint(string(d.text[start:end]), 16, 31)
	return rune(code), err == nil
}
