package source

import (
	"bytes"
	"strings"
)

// A segment is the part of a file that holds one document.
type segment struct {
	// comments is where the comments before the document start: at the end of the document before,
	// so that those of empty documents in between belong to it.
	comments int

	// start and end enclose the document, without its separator.
	start, end int
}

// split separates documents as the reader of kubectl does. Two things differ, because kubectl
// drops text there without a word: text after "...", and text after "---" on the same line.
func (f *File) split() []segment {
	var segments []segment
	text := f.lines.text
	start := f.lines.starts[0]
	comments := start
	finish := func(end int) {
		s, ok := f.trimSegment(start, end)
		if !ok {
			return
		}
		s.comments = comments
		segments = append(segments, s)
		comments = end
	}
	for i, lineStart := range f.lines.starts {
		if !bytes.HasPrefix(text[lineStart:], []byte("---")) {
			continue
		}
		finish(lineStart)
		start = len(text)
		if i+1 < len(f.lines.starts) {
			start = f.lines.starts[i+1]
		}
		rest := bytes.TrimSpace(text[lineStart+3 : start])
		if len(rest) > 0 && rest[0] != '#' {
			offset := lineStart + 3 + bytes.Index(text[lineStart+3:], rest)
			f.fail(offset, `kubectl accepts nothing but a comment after the separator "---": begin the document on the next line`)
			start = f.nextSeparator(i + 1)
			comments = start
		}
	}
	finish(len(text))
	return segments
}

// nextSeparator returns where the next document is separated, from a line on, so that what belongs
// to a wrong separator is skipped.
func (f *File) nextSeparator(line int) int {
	for _, start := range f.lines.starts[min(line, len(f.lines.starts)):] {
		if bytes.HasPrefix(f.lines.text[start:], []byte("---")) {
			return start
		}
	}
	return len(f.lines.text)
}

// trimSegment cuts a segment at the end marker "...". It reports false if nothing is in front of
// it.
func (f *File) trimSegment(start, end int) (segment, bool) {
	start = min(start, end)
	text := f.lines.text[start:end]
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		start += len(byteOrderMark)
		text = text[len(byteOrderMark):]
	}
	marker, after := findEndMarker(text)
	if i := firstContent(text[after:]); i >= 0 {
		f.fail(start+after+i, `kubectl ignores what follows the end marker "...": begin a new document with "---"`)
	}
	if firstContent(text[:marker]) < 0 {
		return segment{}, false
	}
	return segment{start: start, end: start + marker}, true
}

// findEndMarker returns where the first line "..." starts and ends: both at the end of the text if
// there is none.
func findEndMarker(text []byte) (start, end int) {
	const marker = "..."
	for i := 0; i < len(text); {
		n := bytes.Index(text[i:], []byte(marker))
		if n < 0 {
			break
		}
		start, end = i+n, i+n+len(marker)
		if (start == 0 || text[start-1] == '\n') && (end == len(text) || strings.IndexByte(" \t\r\n", text[end]) >= 0) {
			return start, end
		}
		i = end
	}
	return len(text), len(text)
}

// firstContent returns the offset of the first character that is neither white space nor in a
// comment, or -1.
func firstContent(text []byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
		case '#':
			n := bytes.IndexByte(text[i:], '\n')
			if n < 0 {
				return -1
			}
			i += n
		default:
			return i
		}
	}
	return -1
}
