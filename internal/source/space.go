package source

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A cursor turns the positions of the library into offsets. It is fast if positions are asked for
// in the order of the text.
type cursor struct {
	text []byte

	// starts are the offsets of the library's lines, of which there may be more than there are
	// lines in an editor; see [breakLength].
	starts []int

	// line and column, from 1, are those of offset at.
	line, column, at int
}

func newCursor(text []byte, start int) *cursor {
	starts := make([]int, 1, 1+bytes.Count(text[start:], []byte("\n")))
	starts[0] = start
	for i := start; i < len(text); {
		n := breakLength(text, i)
		if n > 0 {
			starts = append(starts, i+n)
		}
		i += max(n, 1)
	}
	return &cursor{text: text, starts: starts, line: 1, column: 1, at: start}
}

// offset returns the offset of a line and a column, which both count from 1; columns count
// characters.
func (c *cursor) offset(line, column int) int {
	if line < 1 || line > len(c.starts) {
		return len(c.text)
	}
	if line != c.line || column < c.column {
		c.line, c.column, c.at = line, 1, c.starts[line-1]
	}
	for c.column < column && c.at < len(c.text) {
		_, size := utf8.DecodeRune(c.text[c.at:])
		c.at += size
		c.column++
	}
	return c.at
}

// properties are what may be in front of a node: a tag and an anchor.
type properties struct {
	// end is where the content begins, which is directly behind the properties if it is empty.
	end int

	// isUnspecific reports that the tag is "!".
	isUnspecific bool
}

func (b *builder) skipProperties(n *yaml.Node, start int) properties {
	p := properties{end: start}
	if n.Kind == yaml.AliasNode {
		return p
	}
	isEmpty := isEmptyPlain(n)
	// The tag in front of a block mapping without a tag is that of its first key.
	hasAnchor, hasTag := n.Anchor != "", n.Kind == yaml.ScalarNode || n.Style&(yaml.TaggedStyle|yaml.FlowStyle) != 0
	for i := start; i < len(b.text); i = b.skipSpace(p.end) {
		switch {
		case b.text[i] == '&' && hasAnchor:
			hasAnchor = false
			p.end = i + len("&") + len(n.Anchor)
		case b.text[i] == '!' && hasTag && (i == start || !isEmpty || n.Style&yaml.TaggedStyle != 0):
			hasTag = false
			p.end = endOfTag(b.text, i)
			p.isUnspecific = p.end == i+1
		default:
			if !isEmpty {
				p.end = i
			}
			return p
		}
	}
	return p
}

func isEmptyPlain(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0
}

func endOfTag(text []byte, i int) int {
	for i < len(text) && text[i] != ' ' && text[i] != '\t' && breakLength(text, i) == 0 {
		i++
	}
	return i
}

// skipSpace returns the offset of the next character that is neither white space nor in a comment.
func (b *builder) skipSpace(i int) int {
	for i < len(b.text) {
		n := breakLength(b.text, i)
		switch {
		case n > 0:
			i += n
		case b.text[i] == ' ' || b.text[i] == '\t':
			i++
		case b.text[i] == '#':
			i = endOfLine(b.text, i)
		default:
			return i
		}
	}
	return i
}

// passTo notes the comments between what has been searched and the offset, where there are no
// scalars.
func (b *builder) passTo(offset int) {
	for b.done < offset {
		n := bytes.IndexByte(b.text[b.done:offset], '#')
		if n < 0 {
			b.done = offset
			return
		}
		start := b.done + n
		b.done = endOfLine(b.text, start)
		b.comments = append(b.comments, stretch{start, b.done})
	}
}

// endOfLine returns the offset of the next line break, where a comment ends as well.
func endOfLine(text []byte, i int) int {
	for i < len(text) && breakLength(text, i) == 0 {
		i++
	}
	return i
}
