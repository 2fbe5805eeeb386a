package source

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
)

// AppendLines returns the edit that adds lines to the text that a path has. A literal text keeps its style,
// others become a text in double quotes. ok is false if the text is not there, or may serve other places
// too, or is written in a way that leaves no safe place.
func (d *Document) AppendLines(p fieldpath.Path, text string, lines []string) (e Edit, ok bool) {
	n, alone := d.written(p)
	if !alone || n.kind != scalar || n.value != text || n.differs || n.end <= n.start || d.isTagged(n) {
		return Edit{}, false
	}
	switch n.style {
	case plain, singleQuoted, doubleQuoted, jsonString:
		all := append([]string{strings.TrimRight(text, "\n")}, lines...)
		return Edit{n.start, n.end, quoted(strings.Join(all, "\n"))}, true
	case literal:
		return d.appendLiteral(n, lines)
	}
	return Edit{}, false
}

// literalHeader is the first line of a literal text that says nothing of its indentation.
var literalHeader = regexp.MustCompile(`^\|[-+]?[ \t]*(#.*)?\r?$`)

// appendLiteral adds lines behind the last line of a literal text that is not empty.
func (d *Document) appendLiteral(n *node, lines []string) (Edit, bool) {
	begin := endOfLine(d.lines.text, n.start)
	if begin >= n.end || !literalHeader.Match(d.lines.text[n.start:begin]) {
		return Edit{}, false
	}
	content := bytes.TrimRight(d.lines.text[begin:n.end], " \t\r\n")
	first := bytes.TrimLeft(content, "\r\n")
	indent := string(first[:len(first)-len(bytes.TrimLeft(first, " "))])
	if len(first) == 0 || indent == "" {
		return Edit{}, false
	}
	newline := "\n"
	if d.lines.text[begin] == '\r' {
		newline = "\r\n"
	}
	at := endOfLine(d.lines.text, begin+len(content))
	return Edit{at, at, newline + indent + strings.Join(lines, newline+indent)}, true
}
