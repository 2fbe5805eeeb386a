package source

import (
	"sort"
	"unicode/utf8"
)

// A decodedScalar maps the bytes of a scalar's value to the file.
type decodedScalar struct {
	node *node
	runs []run
	ok   bool

	// end is where the scalar ends, without its closing quote.
	end int
}

// locate returns where the bytes from start up to end of the value come from. Line breaks at the
// end are not part of it, so that a place at the end of a text is behind its last character.
func (s *decodedScalar) locate(start, end int) (from, to int) {
	start = min(max(start, 0), len(s.node.value))
	end = min(max(end, start), len(s.node.value))
	isAtEnd := start == len(s.node.value)
	if isAtEnd {
		start = s.withoutBreaks(start)
	}
	switch {
	case isAtEnd && start == 0:
		return s.end, s.end
	case isAtEnd:
		from = s.endOf(start)
		return from, from
	}
	from = min(s.startOf(start), s.end)
	end = s.withoutBreaks(end)
	if end <= start {
		return from, from
	}
	return from, s.endOf(end)
}

// withoutBreaks returns the length of the first n bytes of the value without the line breaks at
// their end.
func (s *decodedScalar) withoutBreaks(n int) int {
	for n > 0 {
		r := s.runAt(n - 1)
		if r.kind != lineBreak {
			break
		}
		n = r.decoded
	}
	return n
}

// startOf returns the offset in the file of the character that has the byte of the value.
func (s *decodedScalar) startOf(offset int) int {
	r := s.runAt(offset)
	if r.kind != verbatim {
		return r.source
	}
	for !utf8.RuneStart(s.node.value[offset]) {
		offset--
	}
	return r.source + offset - r.decoded
}

// endOf returns the offset in the file behind the character that has the last of the first n bytes
// of the value.
func (s *decodedScalar) endOf(n int) int {
	r := s.runAt(n - 1)
	if r.kind != verbatim {
		return r.source + r.length
	}
	for n < r.decoded+r.length && !utf8.RuneStart(s.node.value[n]) {
		n++
	}
	return r.source + n - r.decoded
}

func (s *decodedScalar) runAt(offset int) run {
	return s.runs[sort.Search(len(s.runs), func(i int) bool { return s.runs[i].decoded > offset })-1]
}
