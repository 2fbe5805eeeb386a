package source

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/promgate/promgate/internal/fieldpath"
)

// An Edit replaces the bytes of a file from Start up to End by a text.
type Edit struct {
	Start, End int
	Text       string
}

// Apply returns the text of a file after edits, which must not overlap. The text itself does not
// change.
func Apply(text []byte, edits []Edit) []byte {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
	var out []byte
	done := 0
	for _, e := range edits {
		out = append(append(out, text[done:e.Start]...), e.Text...)
		done = e.End
	}
	return append(out, text[done:]...)
}

// AddStrings returns the edit that adds strings to the map at a path, in the style of the text
// around it. The path and its parent are fields: a map that is missing is added to its parent. ok is
// false if the text has no place where that is safe: an alias, an anchor, or a map without an entry to go by.
func (d *Document) AddStrings(p fieldpath.Path, entries [][2]string) (e Edit, ok bool) {
	root := d.root()
	if root == nil || len(entries) == 0 {
		return Edit{}, false
	}
	if n, exact := d.written(p); exact {
		if d.isNull(n) {
			return d.replaceNull(n, entries), true
		}
		return d.addTo(n, entries)
	}
	parent, exact := d.written(p.Parent())
	if !exact || parent.kind != mapping || parent.has(p.Last().Name) {
		return Edit{}, false
	}
	return d.addMap(parent, p.Last().Name, entries)
}

// written returns the node at a path, if it is written there, and for that place alone: what has an
// anchor, or is in such a part, may serve other places too.
func (d *Document) written(p fieldpath.Path) (*node, bool) {
	at, ok := d.find(p)
	if !ok || at.through(at.value) != nil {
		return nil, false
	}
	for above := p; ; above = above.Parent() {
		if part, ok := d.find(above); !ok || part.value.isAnchored {
			return nil, false
		}
		if above.IsZero() {
			return at.value, true
		}
	}
}

// isNull reports whether a node is an empty value, or a null without a tag.
func (d *Document) isNull(n *node) bool {
	if n.kind != scalar || n.style != plain || n.differs || d.isTagged(n) {
		return false
	}
	switch n.value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// replaceNull replaces an empty value, behind the colon of its key, or a null.
func (d *Document) replaceNull(n *node, entries [][2]string) Edit {
	space := ""
	if n.start > 0 && d.lines.text[n.start-1] == ':' {
		space = " "
	}
	return Edit{n.start, n.end, space + "{" + d.entries(entries, ": ", ", ") + "}"}
}

// Plain returns the text of a value that is written without quotes and without a tag, and where it is. ok
// is false for every other value, and for one that may serve other places too.
func (d *Document) Plain(p fieldpath.Path) (text string, span Span, ok bool) {
	n, alone := d.written(p)
	if !alone || n.kind != scalar || n.style != plain || n.differs || n.end <= n.start || d.isTagged(n) {
		return "", Span{}, false
	}
	return string(d.lines.text[n.start:n.end]), d.spanOf(n), true
}

// isTagged reports whether a tag stands in front of a node on its line.
func (d *Document) isTagged(n *node) bool {
	before := bytes.TrimRight(d.lines.text[:n.start], " \t")
	word := before[bytes.LastIndexAny(before, " \t\n,[{")+1:]
	return bytes.IndexByte(word, '!') >= 0
}

func (n *node) has(name string) bool {
	for i := 0; i < len(n.children); i += 2 {
		if n.children[i].name == name {
			return true
		}
	}
	return false
}

// addTo adds entries to a map.
func (d *Document) addTo(n *node, entries [][2]string) (Edit, bool) {
	if n.kind != mapping {
		return Edit{}, false
	}
	if d.lines.text[n.start] == '{' {
		return d.addFlow(n, d.entries(entries, ": ", ", ")), true
	}
	return d.addLines(n, func(indent string) []string {
		var added []string
		for _, entry := range entries {
			added = append(added, indent+yamlString(entry[0])+": "+yamlString(entry[1]))
		}
		return added
	})
}

// addMap adds a map to its parent.
func (d *Document) addMap(parent *node, name string, entries [][2]string) (Edit, bool) {
	if d.lines.text[parent.start] == '{' {
		return d.addFlow(parent, d.quote(name)+": {"+d.entries(entries, ": ", ", ")+"}"), true
	}
	return d.addLines(parent, func(indent string) []string {
		added := []string{indent + name + ":"}
		for _, entry := range entries {
			added = append(added, indent+"  "+yamlString(entry[0])+": "+yamlString(entry[1]))
		}
		return added
	})
}

// addFlow adds text before the closing brace of a map in one line.
func (d *Document) addFlow(n *node, text string) Edit {
	if len(n.children) == 0 {
		return Edit{n.start + 1, n.start + 1, text}
	}
	after := n.children[len(n.children)-1].end
	return Edit{after, after, ", " + text}
}

// addLines adds lines to a map with one entry in each line, after the last entry whose value is on
// the line of its key: nothing that follows can belong to it.
func (d *Document) addLines(n *node, lines func(indent string) []string) (Edit, bool) {
	indent, ok := d.indentOf(n)
	if !ok {
		return Edit{}, false
	}
	for i := len(n.children) - 2; i >= 0; i -= 2 {
		key, value := n.children[i], n.children[i+1]
		keyLine, _ := d.lines.lineOf(key.start)
		valueLine, start := d.lines.lineOf(max(value.end-1, value.start))
		if value.kind != scalar || keyLine != valueLine || value.end <= value.start {
			continue
		}
		end := bytes.IndexByte(d.lines.text[start:], '\n')
		if end < 0 || start+end >= d.lines.size { // the last line does not end
			return Edit{d.lines.size, d.lines.size, "\n" + strings.Join(lines(indent), "\n")}, true
		}
		newline := "\n"
		if bytes.HasSuffix(d.lines.text[start:start+end], []byte("\r")) {
			newline = "\r\n"
		}
		at := start + end + 1
		return Edit{at, at, strings.Join(lines(indent), newline) + newline}, true
	}
	return d.addFirst(n, lines)
}

// addFirst adds lines in front of the first key of a map, if nothing else is on its line.
func (d *Document) addFirst(n *node, lines func(indent string) []string) (Edit, bool) {
	_, start := d.lines.lineOf(n.children[0].start)
	indent := string(d.lines.text[start:n.children[0].start])
	if strings.Trim(indent, " ") != "" {
		return Edit{}, false
	}
	newline := "\n"
	if end := bytes.IndexByte(d.lines.text[start:], '\n'); end > 0 && d.lines.text[start+end-1] == '\r' {
		newline = "\r\n"
	}
	return Edit{start, start, strings.Join(lines(indent), newline) + newline}, true
}

// indentOf returns the white space before the keys of a map. It is unknown for a map whose first key
// is not the first on its line, and that has no other.
func (d *Document) indentOf(n *node) (string, bool) {
	for i := 0; i < len(n.children); i += 2 {
		key := n.children[i]
		_, start := d.lines.lineOf(key.start)
		before := string(d.lines.text[start:key.start])
		if strings.TrimLeft(before, " ") == "" {
			return before, true
		}
	}
	return "", false
}

func (d *Document) entries(entries [][2]string, colon, comma string) string {
	var texts []string
	for _, entry := range entries {
		texts = append(texts, d.quote(entry[0])+colon+d.quote(entry[1]))
	}
	return strings.Join(texts, comma)
}

// quote writes a string for the document: JSON needs quotes.
func (d *Document) quote(s string) string {
	if d.isJSON {
		return quoted(s)
	}
	return yamlString(s)
}

// yamlString writes a string without quotes where every reader of YAML agrees that it is one.
func yamlString(s string) string {
	isLetter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	plain := len(s) > 1 && isLetter(s[0])
	for i := range len(s) {
		c := s[i]
		plain = plain && (isLetter(c) || '0' <= c && c <= '9' || strings.IndexByte("-_./", c) >= 0)
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null":
		plain = false
	}
	if plain {
		return s
	}
	return quoted(s)
}

// quoted writes a string in double quotes, which YAML reads like JSON.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be written
	}
	return string(text)
}
