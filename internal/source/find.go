package source

import (
	"github.com/promgate/promgate/internal/fieldpath"
)

// Fit says how well a span fits what was asked for.
type Fit int

const (
	// Exact means that the span is where the value, the key or the part of it is written.
	Exact Fit = iota

	// Alias means that the span is the alias through which the document has the value, also if a
	// merge key merges it. The value is written elsewhere, where it may serve other places as well.
	Alias

	// Fallback means that the span is the whole value or key, because its text differs from the one
	// that was asked for.
	Fallback

	// Missing means that the path does not exist. The span is the key that leads to the innermost
	// part of the path that exists, or that entry of a list, or the first key of the document.
	Missing
)

// Value returns where the value at a path is, without its tag and its anchor. Its end is that of
// its last character. The names in a path are keys as JSON has them.
func (d *Document) Value(p fieldpath.Path) (Span, Fit) {
	at, ok := d.find(p)
	if !ok {
		return d.nearest(at), Missing
	}
	if n := at.through(at.value); n != nil {
		return d.spanOf(n), Alias
	}
	return d.spanOf(at.value), Exact
}

// Key returns where the key of the field at a path is. An entry of a list and the document itself
// have no key; for them it returns where their values are.
func (d *Document) Key(p fieldpath.Path) (Span, Fit) {
	at, ok := d.find(p)
	switch {
	case !ok:
		return d.nearest(at), Missing
	case at.key == nil:
		return d.Value(p)
	case at.alias != nil:
		return d.spanOf(at.alias), Alias
	default:
		return d.spanOf(at.key), Exact
	}
}

// Within returns where a part of the value at a path is, or of its key. The part is the bytes from
// start up to end of text, which the caller has read from the document. If start is end, the part
// is a point; at the end of the text, it is behind the last character that is not a line break.
// A part of a character is the whole character.
func (d *Document) Within(p fieldpath.Path, isKey bool, text string, start, end int) (Span, Fit) {
	at, ok := d.find(p)
	if !ok {
		return d.nearest(at), Missing
	}
	n, through := at.value, at.through(at.value)
	if isKey && at.key != nil {
		n, through = at.key, at.through(at.key)
	}
	if through != nil {
		return d.spanOf(through), Alias
	}
	if n.kind != scalar || n.value != text {
		return d.spanOf(n), Fallback
	}
	decoded := d.decode(n)
	if !decoded.ok {
		return d.spanOf(n), Fallback
	}
	from, to := decoded.locate(start, end)
	return d.lines.span(from, to), Exact
}

// decode returns the map of a scalar, which it keeps for the next call.
func (d *Document) decode(n *node) *decodedScalar {
	if d.decoded.node == n {
		return &d.decoded
	}
	decoder := decoder{text: d.tree.text, pos: n.start, value: n.value, records: true, runs: d.decoded.runs[:0]}
	end, ok := decoder.decode(n.style)
	switch n.style {
	case singleQuoted, doubleQuoted, jsonString:
		end--
	}
	d.decoded = decodedScalar{node: n, runs: decoder.runs, ok: ok, end: end}
	return &d.decoded
}

// root returns the document's node. If the library cannot read it, which has not been seen, the
// root is a scalar that could not be decoded.
func (d *Document) root() *node {
	if d.tree == nil {
		t, ok := buildTree(d.lines, d.segment)
		if !ok {
			start := d.start + max(firstContent(d.lines.text[d.start:d.end]), 0)
			t = &tree{text: d.lines.text[:d.end], root: &node{start: start, end: start, differs: true}}
		}
		d.tree = t
	}
	return d.tree.root
}

func (d *Document) spanOf(n *node) Span { return d.lines.span(n.start, n.end) }

// A site is where a path leads to.
type site struct {
	// key is nil for the document and for entries of lists.
	key, value *node

	// alias is the first alias on the way, nil if there is none. The value itself may be one more.
	alias *node
}

// through returns the alias through which the document has a node of the site, or nil.
func (s site) through(n *node) *node {
	if s.alias == nil && n.kind == alias {
		return n
	}
	return s.alias
}

// find follows a path. If it does not exist, find returns the site of the innermost part that does,
// and false.
func (d *Document) find(p fieldpath.Path) (site, bool) {
	at := site{value: d.root()}
	for _, step := range p.Steps() {
		next, ok := at.step(step)
		if !ok {
			return at, false
		}
		at = next
	}
	return at, true
}

func (s site) step(step fieldpath.Step) (site, bool) {
	through, n := s.through(s.value), s.value.followed()
	switch step.Kind {
	case fieldpath.Field, fieldpath.Key:
		return n.entry(step.Name, through, nil)
	case fieldpath.Index:
		if n.kind == sequence && step.Index >= 0 && step.Index < len(n.children) {
			return site{value: n.children[step.Index], alias: through}, true
		}
	}
	return site{}, false
}

func (d *Document) nearest(at site) Span {
	switch {
	case at.alias != nil:
		return d.spanOf(at.alias)
	case at.key != nil:
		return d.spanOf(at.key)
	case at.value == d.tree.root && len(at.value.children) > 0:
		return d.spanOf(at.value.children[0])
	default:
		return d.spanOf(at.value)
	}
}

// entry returns the entry of a mapping that counts in the end: the last one that has the name or
// merges it. The library lets a merge key override what is in front of it. Searched holds the
// mappings that have been searched already, so that none is searched twice.
func (n *node) entry(name string, through *node, searched map[*node]bool) (site, bool) {
	if n.kind != mapping || searched[n] {
		return site{}, false
	}
	if searched != nil {
		searched[n] = true
	}
	last, merges := n.lookUp(name)
	for i := len(merges) - 1; i >= 0 && merges[i] > last; i-- {
		if searched == nil {
			searched = map[*node]bool{n: true}
		}
		if s, ok := n.children[merges[i]+1].merged(name, through, searched); ok {
			return s, true
		}
	}
	if last < 0 {
		return site{}, false
	}
	return site{key: n.children[last], value: n.children[last+1], alias: through}, true
}

// merged returns an entry of what a merge key merges: a mapping, or a list of them, of which the
// first one counts.
func (n *node) merged(name string, through *node, searched map[*node]bool) (site, bool) {
	through = site{alias: through}.through(n)
	n = n.followed()
	if n.kind != sequence {
		return n.entry(name, through, searched)
	}
	for _, entry := range n.children {
		if s, ok := entry.merged(name, through, searched); ok {
			return s, true
		}
	}
	return site{}, false
}

// lookUp returns the position of the last key of a name, or -1, and those of the merge keys.
func (n *node) lookUp(name string) (last int, merges []int) {
	const large = 32
	if len(n.children) < large {
		return n.search(name)
	}
	if n.index == nil {
		n.makeIndex()
	}
	last, ok := n.index[name]
	if !ok {
		last = -1
	}
	return last, n.merges
}

// search prefers the name that JSON has, and falls back on the one that is written, which a reader
// of YAML 1.2 has.
func (n *node) search(name string) (last int, merges []int) {
	last = -1
	written := -1
	for i := 0; i < len(n.children); i += 2 {
		key := n.children[i]
		switch {
		case key.isMerge:
			merges = append(merges, i)
		case key.name == name:
			last = i
		case key.followed().value == name:
			written = i
		}
	}
	if last < 0 {
		last = written
	}
	return last, merges
}

func (n *node) makeIndex() {
	n.index = make(map[string]int, len(n.children)/2)
	for i := 0; i < len(n.children); i += 2 {
		key := n.children[i]
		if key.isMerge {
			n.merges = append(n.merges, i)
			continue
		}
		n.index[key.name] = i
	}
	for i := 0; i < len(n.children); i += 2 {
		key := n.children[i]
		written := key.followed().value
		if _, ok := n.index[written]; !ok && !key.isMerge {
			n.index[written] = i
		}
	}
}
