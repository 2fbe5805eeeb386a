package source

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// A Position is a place in a file.
type Position struct {
	// Offset is in bytes, from 0.
	Offset int

	// Line counts from 1. A line ends with "\n" or "\r\n".
	Line int

	// Column counts from 1, in characters: Unicode code points. A byte order mark at the beginning
	// of the file does not count.
	Column int
}

// A Span is the part of a file from Start up to End. If both are equal, it is a point.
type Span struct{ Start, End Position }

const byteOrderMark = "\xef\xbb\xbf"

// lines turns offsets into positions, in a time that depends neither on the number of lines nor
// on their length.
type lines struct {
	// text is the file, with a line end behind its last line. It is size bytes long without that.
	text []byte
	size int

	starts []int

	// characters[i] is the number of characters in the first i*charactersStep bytes. It is made
	// once, when it is needed, by any of the documents.
	characters     []int
	makeCharacters sync.Once
}

const charactersStep = 1 << 10

func newLines(text []byte, size int) *lines {
	l := &lines{text: text, size: size, starts: make([]int, 1, 2+bytes.Count(text, []byte("\n")))}
	if bytes.HasPrefix(text, []byte(byteOrderMark)) {
		l.starts[0] = len(byteOrderMark)
	}
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\n')
		if n < 0 {
			return l
		}
		i += n + 1
		l.starts = append(l.starts, i)
	}
}

func (l *lines) span(start, end int) Span { return Span{l.position(start), l.position(end)} }

func (l *lines) position(offset int) Position {
	offset = min(offset, l.size)
	line, start := l.lineOf(offset)
	return Position{Offset: offset, Line: line + 1, Column: l.charactersUpTo(offset) - l.charactersUpTo(start) + 1}
}

// lineOf returns the index of the line that holds the offset, and where the line starts.
func (l *lines) lineOf(offset int) (line, start int) {
	line = sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > offset })
	line = max(line-1, 0)
	return line, min(l.starts[line], offset)
}

// charactersUpTo returns the number of characters that begin before the offset.
func (l *lines) charactersUpTo(offset int) int {
	l.makeCharacters.Do(func() {
		l.characters = make([]int, 1, 1+len(l.text)/charactersStep)
		for i := charactersStep; i <= len(l.text); i += charactersStep {
			n := countCharacters(l.text[i-charactersStep : i])
			l.characters = append(l.characters, l.characters[len(l.characters)-1]+n)
		}
	})
	block := offset / charactersStep
	return l.characters[block] + countCharacters(l.text[block*charactersStep:offset])
}

// countCharacters counts the bytes that begin a character.
func countCharacters(text []byte) int {
	n := 0
	for _, b := range text {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

func (l *lines) lineText(line int) string {
	if line < 1 || line > len(l.starts) {
		return ""
	}
	end := len(l.text)
	if line < len(l.starts) {
		end = l.starts[line] - 1
	}
	return string(bytes.TrimSuffix(l.text[l.starts[line-1]:end], []byte("\r")))
}
