package source

import "strings"

// block decodes a literal or folded scalar. Its indentation and what becomes of the line breaks at
// its end are not read from its indicators, but follow from the value.
func (d *decoder) block(folds bool) {
	end := d.skipIndicators()
	if breaksEnd, ok := d.leadingBreaks(); ok {
		end = breaksEnd
	}
	if d.isDone() {
		d.pos = end
		return
	}
	indent := d.indentation()
	if indent < 0 {
		d.differs = true
		return
	}
	// breaks are those behind the last line that was read, the end of that line first.
	var breaks []pendingBreak
	wasBlank := false
	for !d.isDone() && d.skipIndentation(indent) {
		isBlank := d.atBlank()
		d.emitBreaks(breaks, folds && !wasBlank && !isBlank)
		start := d.pos
		d.skipLine()
		d.copy(start, d.pos-start)
		end, wasBlank = d.pos, isBlank
		breaks = d.pendingBreaks(breaks[:0], indent)
	}
	// How many of the last line breaks count depends on the chomping indicator.
	for i := 0; i < len(breaks) && !d.isDone(); i++ {
		d.emit(breaks[i].run, breaks[i].text)
	}
	d.pos = end
}

// A pendingBreak is a line break whose meaning depends on the line after it.
type pendingBreak struct {
	run  run
	text string
}

// skipLine moves to the end of the line, at its line break.
func (d *decoder) skipLine() {
	for d.pos < len(d.text) && !d.atBreak() {
		d.pos++
	}
}

// skipIndicators moves to the line behind the indicators, and returns where they end.
func (d *decoder) skipIndicators() (end int) {
	d.pos++
	for strings.IndexByte("+-0123456789", d.byteAt(0)) >= 0 {
		d.pos++
	}
	end = d.pos
	d.skipLine()
	d.pos += breakLength(d.text, d.pos)
	return end
}

// leadingBreaks decodes the empty lines in front of the first line with content, of which the
// value has as many as the file. It returns where the last of them ends, and false if there is
// none.
func (d *decoder) leadingBreaks() (end int, ok bool) {
	for !d.isDone() && startsWithBreak(d.value[d.done:]) {
		for d.byteAt(0) == ' ' {
			d.pos++
		}
		if !d.atBreak() {
			d.differs = true
			return 0, false
		}
		end, ok = d.pos, true
		d.emit(d.takeBreak())
	}
	return end, ok
}

func startsWithBreak(value string) bool {
	return breakLength([]byte(value[:min(len(value), 3)]), 0) > 0
}

// indentation returns by how much the content is indented, or -1.
func (d *decoder) indentation() int {
	start := d.pos
	for start < len(d.text) && d.text[start] == ' ' {
		start++
	}
	rest := d.value[d.done:]
	return start - d.pos - (len(rest) - len(strings.TrimLeft(rest, " ")))
}

// skipIndentation moves behind the indentation of a line. It reports false if the line belongs no
// more to the scalar.
func (d *decoder) skipIndentation(indent int) bool {
	start := d.pos
	for d.pos < len(d.text) && d.pos-start < indent && d.text[d.pos] == ' ' {
		d.pos++
	}
	return d.pos-start == indent && d.pos < len(d.text) && !d.atBreak()
}

// pendingBreaks reads the end of a line and all empty lines behind it.
func (d *decoder) pendingBreaks(breaks []pendingBreak, indent int) []pendingBreak {
	for d.atBreak() {
		r, text := d.takeBreak()
		breaks = append(breaks, pendingBreak{r, text})
		start := d.pos
		for d.pos < len(d.text) && d.pos-start < indent && d.text[d.pos] == ' ' {
			d.pos++
		}
		if !d.atBreak() {
			d.pos = start
			break
		}
	}
	return breaks
}

// emitBreaks decodes the line breaks in front of a line. If they are folded, one is a space, and
// more are one less.
func (d *decoder) emitBreaks(breaks []pendingBreak, folds bool) {
	for i, b := range breaks {
		switch {
		case i > 0 || !folds || b.text != "\n":
			d.emit(b.run, b.text)
		case len(breaks) == 1:
			d.emit(b.run, " ")
		}
	}
}
