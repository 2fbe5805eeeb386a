// Package source locates the values of YAML and JSON documents in their text: every value, every
// key, and every byte of a string, whatever its style, has a line and a column.
//
// What a document says is decided by sigs.k8s.io/yaml, as in kubectl; documents in a simple part of YAML are
// read by this package, with the same result. A second reader,
// go.yaml.in/yaml/v3, says where things are. A scalar is decoded once more by the decoders of this
// package, which note where each byte comes from; a place is exact only if their result equals
// that of the library.
//
// The package is pure: it imports no client, network, file system or clock.
package source

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// A File is a stream of YAML or JSON documents.
type File struct {
	// Documents are those that can be read, in order. Empty ones are omitted.
	Documents []*Document

	// Errors has one error for each document that cannot be read, in order.
	Errors []*SyntaxError

	lines *lines
}

// A Document is one document of a File. It reads its tree of positions when a method needs it
// first, so it must not be used by several goroutines at once. Documents of one file may.
type Document struct {
	segment

	lines *lines

	body   body
	isJSON bool

	// hasUniqueKeys reports that the conversion found no key that repeats, compared as YAML
	// values.
	hasUniqueKeys bool

	// isSimple reports that [readSubset] has read the document. Its keys are unique, and are strings as they are written.
	isSimple bool

	// tree is nil until it is needed.
	tree *tree

	// decoded is the scalar that was asked for last, and content the line.
	decoded decodedScalar
	content content
}

// Parse reads a stream of documents. Documents are separated as kubectl does: by a line that
// begins with "---" and holds nothing else but a comment, or by nothing between JSON objects. An
// error in one document does not affect the others. Parse takes a time linear in the length of
// the text, which must not change afterwards.
func Parse(text []byte) *File {
	size := len(text)
	if size > 0 && text[size-1] != '\n' {
		// The reader of kubectl ends the last line, which a literal scalar there shows.
		text = append(text[:size:size], '\n')
	}
	f := &File{lines: newLines(text, size)}
	if encoding := WideEncoding(text); encoding != "" {
		// kubectl cuts a file into documents byte by byte, and then reads nothing, or the first document
		// alone, without a word.
		f.fail(0, "the file is encoded as "+encoding+", which kubectl does not read: save it as UTF-8")
		return f
	}
	for _, s := range f.split() {
		f.read(s)
	}
	slices.SortStableFunc(f.Errors, func(a, b *SyntaxError) int { return a.Position.Offset - b.Position.Offset })
	return f
}

// WideEncoding returns the name of the encoding that a byte order mark of UTF-16 tells, or "".
func WideEncoding(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		return "UTF-16LE"
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		return "UTF-16BE"
	}
	return ""
}

// LineText returns a line without its line end. Lines count from 1; it is empty if there is no
// such line.
func (f *File) LineText(line int) string { return f.lines.lineText(line) }

func (f *File) read(s segment) {
	text := f.lines.text[s.start:s.end]
	if i := firstInvalid(text); i >= 0 {
		f.fail(s.start+i, "the text is not valid UTF-8")
		return
	}
	if f.readJSON(s) {
		return
	}
	if value, ok := readSubset(text); ok {
		f.Documents = append(f.Documents, &Document{lines: f.lines, segment: s, body: body{value: value}, hasUniqueKeys: true, isSimple: true})
		return
	}
	read, unique, err := convert(text)
	if err != nil {
		f.Errors = append(f.Errors, f.syntaxError(s, err))
		return
	}
	f.Documents = append(f.Documents, &Document{lines: f.lines, segment: s, body: read, hasUniqueKeys: unique})
}

// readJSON reads a segment that consists of JSON objects, as kubectl does: without YAML, which
// knows neither the escape \/ nor surrogate pairs. It reports whether it was able to.
func (f *File) readJSON(s segment) bool {
	trees, ok := parseJSON(f.lines.text[:s.end], s.start)
	if !ok {
		return false
	}
	for _, t := range trees {
		f.Documents = append(f.Documents, &Document{
			lines: f.lines, isJSON: true, tree: t,
			segment: segment{comments: t.root.start, start: t.root.start, end: t.root.end},
			body:    body{json: f.lines.text[t.root.start:t.root.end]},
		})
	}
	return true
}

func (f *File) fail(offset int, message string) {
	f.Errors = append(f.Errors, &SyntaxError{Position: f.lines.position(offset), Message: message})
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or -1.
func firstInvalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
}

// Span returns where the document is: from the line after its separator up to the next separator.
func (d *Document) Span() Span { return d.lines.span(d.start, d.end) }

// LineText returns a line of the file without its line end; see [File.LineText].
func (d *Document) LineText(line int) string { return d.lines.lineText(line) }
