package source

import "go.yaml.in/yaml/v3"

// A tree is a document with the places of its nodes. Aliases are not followed in it: it is as
// large as the text.
type tree struct {
	root *node

	// comments are the offsets of the comments.
	comments []stretch

	// text is the file up to the end of the document.
	text []byte
}

// A stretch is a part of the file.
type stretch struct{ start, end int }

type nodeKind uint8

const (
	scalar nodeKind = iota
	mapping
	sequence
	alias
)

type node struct {
	// start and end enclose the node, without its tag and its anchor.
	start, end int

	// value is that of a scalar, decoded; name is what it becomes in JSON if it is a key.
	value, name string

	// children are the entries of a sequence, or the keys and values of a mapping by turns.
	children []*node

	// target is the node that an alias refers to.
	target *node

	// index and merges are those of a large mapping: the last position of each key, and the
	// positions of the merge keys. They are made when they are needed.
	index  map[string]int
	merges []int

	kind  nodeKind
	style style

	// differs reports that the scalar could not be decoded like the library did.
	differs bool

	// isAnchored reports that aliases may refer to the node.
	isAnchored bool

	// isMerge reports that the node is the key "<<", which is not quoted.
	isMerge bool

	// isUnspecific reports that the tag is "!", with which a quoted scalar is read like a plain one.
	isUnspecific bool
}

// followed returns the node, or the one that it is an alias of.
func (n *node) followed() *node {
	if n.kind == alias {
		return n.target
	}
	return n
}

// buildTree reads the places of a document. It returns false if the library cannot read it, which
// has not been seen for documents that were converted.
func buildTree(l *lines, s segment) (t *tree, ok bool) {
	var document yaml.Node
	if err := unmarshal(l.text[s.start:s.end], &document); err != nil {
		return nil, false
	}
	b := &builder{
		tree:    &tree{text: l.text[:s.end]},
		cursor:  newCursor(l.text[:s.end], s.start),
		anchors: map[*yaml.Node]*node{},
		done:    s.comments,
	}
	// A document is empty if it has nothing but line breaks that only YAML knows.
	b.root = &node{start: s.start, end: s.start}
	if len(document.Content) > 0 {
		b.root = b.build(document.Content[0], -1)
	}
	b.passTo(s.end)
	return b.tree, true
}

// unmarshal turns a panic of the library into an error.
func unmarshal(text []byte, into *yaml.Node) (err error) {
	defer recoverTo(&err)
	return yaml.Unmarshal(text, into)
}

// A builder makes a tree out of the nodes of the library, in the order of the text.
type builder struct {
	*tree

	cursor  *cursor
	anchors map[*yaml.Node]*node

	// done is how far the text has been searched for comments.
	done int

	// pool holds nodes that are not in use.
	pool []node
}

func (b *builder) newNode() *node {
	if len(b.pool) == 0 {
		const bytesForEach = 8
		b.pool = make([]node, min(128, 1+(len(b.text)-b.done)/bytesForEach))
	}
	n := &b.pool[0]
	b.pool = b.pool[1:]
	return n
}

// build returns the node of a library's node. EmptyAt is where an empty value is that has neither
// tag nor anchor, if the library does not say.
func (b *builder) build(from *yaml.Node, emptyAt int) *node {
	n := b.newNode()
	if from.Anchor != "" {
		b.anchors[from], n.isAnchored = n, true
	}
	start := b.cursor.offset(from.Line, from.Column)
	properties := b.skipProperties(from, start)
	n.start, n.end = properties.end, properties.end
	if isEmptyPlain(from) && properties.end == start && emptyAt >= 0 {
		n.start, n.end = emptyAt, emptyAt
	}
	switch from.Kind {
	case yaml.AliasNode:
		n.kind = alias
		n.end = n.start + len("*") + len(from.Value)
		n.target = b.anchors[from.Alias]
	case yaml.MappingNode:
		n.kind = mapping
		b.buildMapping(n, from)
	case yaml.SequenceNode:
		n.kind = sequence
		b.buildSequence(n, from)
	default:
		b.buildScalar(n, from, properties)
	}
	return n
}

func (b *builder) buildMapping(n *node, from *yaml.Node) {
	n.children = make([]*node, 0, len(from.Content))
	for i := 0; i+1 < len(from.Content); i += 2 {
		key := b.build(from.Content[i], -1)
		key.name = nameOfKey(key, from.Content[i])
		n.children = append(n.children, key, b.build(from.Content[i+1], b.valueAfter(key, from.Style&yaml.FlowStyle != 0)))
	}
	b.finish(n, from, '{', '}')
}

func (b *builder) buildSequence(n *node, from *yaml.Node) {
	n.children = make([]*node, 0, len(from.Content))
	for _, entry := range from.Content {
		n.children = append(n.children, b.build(entry, -1))
	}
	b.finish(n, from, '[', ']')
}

// finish sets the end of a collection: that of its last child, or the bracket.
func (b *builder) finish(n *node, from *yaml.Node, opening, closing byte) {
	end := n.start
	if len(n.children) > 0 {
		end = n.children[len(n.children)-1].end
	}
	n.end = end
	// [a: b] has a mapping without brackets in it.
	if from.Style&yaml.FlowStyle == 0 || n.start >= len(b.text) || b.text[n.start] != opening {
		return
	}
	for i := max(end, n.start+1); i < len(b.text); i++ {
		switch b.text[i] {
		case closing:
			n.end = i + 1
			b.passTo(n.end)
			return
		case '#':
			i = endOfLine(b.text, i) - 1
		}
	}
}

func (b *builder) buildScalar(n *node, from *yaml.Node, p properties) {
	n.kind = scalar
	n.value = from.Value
	n.style = styleOf(from)
	n.isMerge = from.Value == "<<" && from.Tag == "!!merge"
	n.isUnspecific = p.isUnspecific
	b.passTo(n.start)
	if b.isVerbatim(n) {
		n.end = n.start + len(n.value)
		b.done = max(b.done, n.end)
		return
	}
	d := decoder{text: b.text, pos: n.start, value: n.value}
	end, ok := d.decode(n.style)
	if !ok {
		n.differs = true
		return
	}
	n.end = end
	if n.style == literal || n.style == folded {
		b.passTo(endOfLine(b.text, n.start))
	}
	b.done = max(b.done, n.end)
}

// isVerbatim reports whether a scalar is in the text as it is, as most are.
func (b *builder) isVerbatim(n *node) bool {
	end := n.start + len(n.value)
	return n.style == plain && end <= len(b.text) && string(b.text[n.start:end]) == n.value
}

func styleOf(from *yaml.Node) style {
	switch {
	case from.Style&yaml.SingleQuotedStyle != 0:
		return singleQuoted
	case from.Style&yaml.DoubleQuotedStyle != 0:
		return doubleQuoted
	case from.Style&yaml.LiteralStyle != 0:
		return literal
	case from.Style&yaml.FoldedStyle != 0:
		return folded
	}
	return plain
}

// valueAfter returns where the value of a key is if it is empty: behind the colon, or behind the
// key if there is no colon.
func (b *builder) valueAfter(key *node, isFlow bool) int {
	i := b.skipSpace(key.end)
	if i >= len(b.text) || b.text[i] != ':' {
		return key.end
	}
	endsWord := i+1 == len(b.text) || b.text[i+1] == ' ' || b.text[i+1] == '\t' || breakLength(b.text, i+1) > 0
	if !endsWord && !isFlow {
		return key.end
	}
	return i + 1
}
