package source

import (
	"encoding/json"
	"strings"
)

// maxJSONDepth is the depth up to which encoding/json reads.
const maxJSONDepth = 10000

// parseJSON reads one or more JSON objects from an offset up to the end of a text. It reports false
// if there is anything else.
func parseJSON(text []byte, offset int) (trees []*tree, ok bool) {
	p := &jsonParser{text: text, pos: offset}
	p.skipSpace()
	for p.peek() == '{' {
		root := p.value(0)
		if p.failed {
			return nil, false
		}
		trees = append(trees, &tree{root: root, text: text[:p.pos]})
		p.skipSpace()
	}
	return trees, len(trees) > 0 && p.pos == len(text)
}

// A jsonParser accepts what encoding/json accepts.
type jsonParser struct {
	text   []byte
	pos    int
	failed bool
}

func (p *jsonParser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *jsonParser) skipSpace() {
	for c := p.peek(); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = p.peek() {
		p.pos++
	}
}

// take reads a character, if it is the next one.
func (p *jsonParser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.pos++
	return true
}

func (p *jsonParser) value(depth int) *node {
	n := &node{start: p.pos, style: plain}
	switch c := p.peek(); {
	case depth >= maxJSONDepth:
		p.failed = true
	case c == '{':
		p.object(n, depth)
	case c == '[':
		p.array(n, depth)
	case c == '"':
		p.string(n)
	default:
		p.literal(n)
	}
	n.end = p.pos
	return n
}

func (p *jsonParser) object(n *node, depth int) {
	n.kind = mapping
	p.list('}', func() {
		if p.peek() != '"' {
			p.failed = true
			return
		}
		key := p.value(depth)
		key.name = key.value
		p.skipSpace()
		if !p.take(':') {
			p.failed = true
			return
		}
		p.skipSpace()
		n.children = append(n.children, key, p.value(depth+1))
	})
}

func (p *jsonParser) array(n *node, depth int) {
	n.kind = sequence
	p.list(']', func() { n.children = append(n.children, p.value(depth+1)) })
}

// list reads entries between commas, from the opening bracket to the closing one.
func (p *jsonParser) list(closing byte, entry func()) {
	p.pos++
	p.skipSpace()
	if p.take(closing) {
		return
	}
	for {
		entry()
		p.skipSpace()
		if p.failed || p.take(closing) {
			return
		}
		if !p.take(',') {
			p.failed = true
			return
		}
		p.skipSpace()
	}
}

func (p *jsonParser) string(n *node) {
	n.style = jsonString
	start := p.pos
	isVerbatim := true
	for p.pos++; p.pos < len(p.text) && p.text[p.pos] != '"'; p.pos++ {
		switch c := p.text[p.pos]; {
		case c == '\\':
			isVerbatim = false
			p.pos++
		case c < ' ':
			p.failed = true
			return
		}
	}
	if !p.take('"') {
		p.failed = true
		return
	}
	if isVerbatim {
		n.value = string(p.text[start+1 : p.pos-1])
	} else if json.Unmarshal(p.text[start:p.pos], &n.value) != nil {
		p.failed = true
	}
}

// literal reads a number, true, false or null.
func (p *jsonParser) literal(n *node) {
	start := p.pos
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n,:{}[]\"", p.text[p.pos]) < 0 {
		p.pos++
	}
	n.value = string(p.text[start:p.pos])
	if !json.Valid(p.text[start:p.pos]) {
		p.failed = true
	}
}
