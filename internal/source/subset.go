package source

import (
	"bytes"
	"unicode/utf8"
)

// readSubset reads a document in the part of YAML that most manifests keep to: maps and lists in block style,
// and scalars that are plain or in quotes on one line, literal or folded. It takes a tenth of the time of the
// library, and reports false at the least doubt: tags, anchors, flow collections, tabs, carriage returns,
// keys that repeat or are not strings, numbers other than short decimal ones, and whatever may be a mistake.
// What it reads has the value that the library and [plainValue] give it: FuzzSubset and TestSubsetProperty
// compare the two.
func readSubset(text []byte) (value any, ok bool) {
	if len(text) == 0 || text[len(text)-1] != '\n' || !hasSubsetCharacters(text) {
		return nil, false
	}
	r := &subsetReader{text: text, shared: string(text), names: map[string]bool{}}
	r.nextLine(0)
	if r.indent != 0 || r.pos == len(text) {
		return nil, false
	}
	value = r.collection(0, 0)
	return value, !r.failed && r.pos == len(text)
}

// hasSubsetCharacters reports whether a text has only characters that mean nothing special to the library:
// no control character, and no line break other than "\n".
func hasSubsetCharacters(text []byte) bool {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= ' ' && c < 0x7f || c == '\n':
			i++
			continue
		case c < utf8.RuneSelf:
			return false
		}
		r, size := utf8.DecodeRune(text[i:])
		if r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff || r == utf8.RuneError && size == 1 {
			return false
		}
		i += size
	}
	return true
}

const (
	// maxSubsetDepth is how deep collections may nest.
	maxSubsetDepth = 50

	// maxSubsetKey is less than the length at which the library ceases to look for the colon behind a key.
	maxSubsetKey = 1000
)

// A subsetReader is at a token: at pos, in a line that is indented by indent. At the end of the text pos is its
// length. Once it has failed, what it returns means nothing.
type subsetReader struct {
	text   []byte
	shared string // the text again: keys and scalars are parts of it, so that they are not allocated one by one
	pos    int
	indent int
	failed bool

	names  map[string]bool // the keys that were read, which repeat from map to map
	buffer []byte
}

func (r *subsetReader) fail() any {
	r.failed = true
	r.pos = len(r.text)
	return nil
}

// nextLine goes to the first line with content, from the start of a line on.
func (r *subsetReader) nextLine(start int) {
	for start < len(r.text) {
		at := start
		for r.text[at] == ' ' {
			at++
		}
		switch r.text[at] {
		case '\n':
			start = at + 1
			continue
		case '#':
			start = r.endOfLine(at) + 1
			continue
		}
		r.pos, r.indent = at, at-start
		if r.indent == 0 && (bytes.HasPrefix(r.text[at:], []byte("---")) || bytes.HasPrefix(r.text[at:], []byte("..."))) {
			r.fail()
		}
		return
	}
	r.pos, r.indent = len(r.text), -1
}

// endOfLine returns the offset of the next line break.
func (r *subsetReader) endOfLine(at int) int { return at + bytes.IndexByte(r.text[at:], '\n') }

// endLine goes behind a value to the next line. Only white space and a comment may follow the value.
func (r *subsetReader) endLine(at int) {
	end := at
	for r.text[end] == ' ' {
		end++
	}
	switch {
	case r.text[end] == '\n':
		r.nextLine(end + 1)
	case r.text[end] == '#' && end > at:
		r.nextLine(r.endOfLine(end) + 1)
	default:
		r.fail()
	}
}

// isDash reports whether an entry of a list begins at the token.
func (r *subsetReader) isDash() bool {
	return r.pos < len(r.text) && r.text[r.pos] == '-' && (r.text[r.pos+1] == ' ' || r.text[r.pos+1] == '\n')
}

// collection reads a map or a list whose keys or dashes are in a column: that of the token.
func (r *subsetReader) collection(column, depth int) any {
	if depth > maxSubsetDepth {
		return r.fail()
	}
	if r.isDash() {
		return r.list(column, depth)
	}
	return r.mapping(column, depth)
}

func (r *subsetReader) mapping(column, depth int) any {
	fields := map[string]any{}
	for {
		name := r.key()
		if r.failed {
			return nil
		}
		if _, repeats := fields[name]; repeats {
			return r.fail()
		}
		fields[name] = r.value(column, depth)
		if r.failed || r.indent < column {
			return fields
		}
		if r.indent > column || r.isDash() {
			return r.fail()
		}
	}
}

func (r *subsetReader) list(column, depth int) any {
	entries := []any{}
	for {
		at := r.pos + 1
		for r.text[at] == ' ' {
			at++
		}
		inside := column + at - r.pos
		r.pos = at
		switch {
		case r.isDash() || r.text[at] == '\n' || r.text[at] == '#':
			return r.fail()
		case r.keyEnd() >= 0:
			entries = append(entries, r.collection(inside, depth+1))
		default:
			entries = append(entries, r.scalar(column))
		}
		if r.failed {
			return nil
		}
		if r.indent != column || !r.isDash() {
			return entries
		}
	}
}

// value reads what follows the colon of a key: on the same line, or on the lines below.
func (r *subsetReader) value(column, depth int) any {
	for r.text[r.pos] == ' ' {
		r.pos++
	}
	if c := r.text[r.pos]; c != '\n' && c != '#' {
		return r.scalar(column)
	}
	r.nextLine(r.endOfLine(r.pos) + 1)
	switch {
	case r.indent < column || r.indent == column && !r.isDash():
		return nil
	case r.isDash() || r.keyEnd() >= 0:
		return r.collection(r.indent, depth+1)
	}
	return r.fail() // a scalar below its key
}

// key reads a key with its colon.
func (r *subsetReader) key() string {
	end := r.keyEnd()
	if end <= r.pos || end-r.pos > maxSubsetKey {
		r.fail()
		return ""
	}
	written := r.text[r.pos:end]
	r.pos = end + 1
	if c := written[0]; c == '"' || c == '\'' {
		name, _ := r.quoted(end-len(written), end)
		if name == "<<" {
			r.fail()
		}
		return name
	}
	name := r.shared[end-len(written) : end]
	if r.names[name] {
		return name
	}
	isWord := isAlphanumeric(name[0]) || name[0] == '_'
	if !isWord || name[len(name)-1] == ' ' || mayBeOdd(name) {
		r.fail()
	}
	r.names[name] = true
	return name
}

// keyEnd returns the offset of the colon behind the key at the token, or -1 if there is no key.
func (r *subsetReader) keyEnd() int {
	at := r.pos
	if c := r.text[at]; c == '"' || c == '\'' {
		if at = r.quoteEnd(); at < 0 || r.text[at] != ':' {
			return -1
		}
		return r.colon(at, at+1)
	}
	return r.colon(at, r.endOfLine(at))
}

// colon returns the offset of the first colon in a stretch that ends a key, or -1. A comment ends the search.
func (r *subsetReader) colon(start, end int) int {
	for i := start; i < end; i++ {
		switch r.text[i] {
		case ':':
			if r.text[i+1] == ' ' || r.text[i+1] == '\n' {
				return i
			}
		case '#':
			if i > start && r.text[i-1] == ' ' {
				return -1
			}
		}
	}
	return -1
}
