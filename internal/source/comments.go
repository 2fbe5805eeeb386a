package source

import (
	"bytes"
	"strings"
)

// A Comment is a comment up to the end of its line.
type Comment struct {
	// Text begins with "#" and has no white space at its end.
	Text string
	Span Span
}

// Comments returns the comments of the document, in order, with those of empty documents in front
// of it. Comments behind the text of a document, in front of the next separator, are its own.
func (d *Document) Comments() []Comment {
	if d.isJSON || bytes.IndexByte(d.lines.text[d.comments:d.end], '#') < 0 {
		return nil
	}
	d.root()
	comments := make([]Comment, 0, len(d.tree.comments))
	for _, c := range d.tree.comments {
		text := strings.TrimRight(string(d.lines.text[c.start:c.end]), " \t\r")
		comments = append(comments, Comment{Text: text, Span: d.lines.span(c.start, c.start+len(text))})
	}
	return comments
}

// HelmSource returns the template that Helm rendered the document from, as the last comment
// "# Source: chart/templates/x.yaml" in front of its text names it. It is empty if there is none.
func (d *Document) HelmSource() string {
	path := ""
	head := d.lines.text[d.start:d.end]
	head = head[:max(firstContent(head), 0)]
	for line := range bytes.Lines(head) {
		if source, ok := bytes.CutPrefix(line, []byte("# Source: ")); ok {
			path = string(bytes.TrimSpace(source))
		}
	}
	return path
}
