package source

import (
	"bytes"

	"github.com/promgate/promgate/internal/fieldpath"
)

// Text returns the text of the document.
func (d *Document) Text() []byte { return d.lines.text[d.start:d.end] }

// SpanAt returns the part of the file between two offsets.
func (f *File) SpanAt(start, end int) Span { return f.lines.span(start, end) }

// EntryAt returns the path of the innermost map in a list that a comment belongs to: the map that
// the line of the comment is in or, if nothing else is on that line, the next line with content. It
// is the zero Path if there is no such map. ok is false if the comment belongs to nothing: nothing
// follows it, or it is indented more than what follows, such as a comment behind the last entry of a
// list.
func (d *Document) EntryAt(c Comment) (entry fieldpath.Path, ok bool) {
	root := d.root()
	at, ok := d.contentAt(c)
	if root == nil || !ok {
		return fieldpath.Path{}, false
	}
	var path fieldpath.Path
	for n := root; n != nil; {
		n, path = n.childAt(path, at)
		if n != nil && n.kind == mapping && path.Last().Kind == fieldpath.Index {
			entry = path
		}
	}
	return entry, true
}

// A content is the first line with content from a line on.
type content struct {
	// from is where the search began, and line where the content's line starts: every search from in
	// between ends there too.
	from, line int

	// indented is the length of the white space in front of it, and offset where it is, behind the dashes
	// of lists.
	indented, offset int
}

// contentAt returns the offset of what a comment belongs to.
func (d *Document) contentAt(c Comment) (offset int, ok bool) {
	_, start := d.lines.lineOf(c.Span.Start.Offset)
	indent := c.Span.Start.Offset - start
	next := d.nextContent(start)
	if next.line >= d.end {
		return 0, false
	}
	isOwnLine := next.line+next.indented < c.Span.Start.Offset
	return next.offset, isOwnLine || next.indented >= indent
}

// nextContent returns the first line with content, from the start of a line on. Its line is the end of the
// document if there is none.
func (d *Document) nextContent(start int) content {
	if last := d.content; last.line > 0 && last.from <= start && start <= last.line {
		return last
	}
	found := content{from: start, line: d.end}
	for start < d.end {
		line, _, _ := bytes.Cut(d.lines.text[start:d.end], []byte("\n"))
		rest := bytes.TrimLeft(line, " \t\r")
		indented := len(line) - len(rest)
		for bytes.HasPrefix(rest, []byte("- ")) {
			rest = bytes.TrimLeft(rest[2:], " \t\r")
		}
		if len(rest) > 0 && rest[0] != '#' {
			found.line, found.indented, found.offset = start, indented, start+len(line)-len(rest)
			break
		}
		start += len(line) + 1
	}
	d.content = found
	return found
}

// childAt returns the child that an offset is in, and its path. The offset of a key is in its value.
func (n *node) childAt(path fieldpath.Path, offset int) (*node, fieldpath.Path) {
	switch n.kind {
	case sequence:
		for i, entry := range n.children {
			if entry.start <= offset && offset < entry.end {
				return entry, path.Index(i)
			}
		}
	case mapping:
		for i := 0; i+1 < len(n.children); i += 2 {
			if n.children[i].start <= offset && offset < n.children[i+1].end {
				return n.children[i+1], path.Field(n.children[i].name)
			}
		}
	}
	return nil, path
}
