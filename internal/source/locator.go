package source

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	yamlv3 "go.yaml.in/yaml/v3"
)

// A locator finds the place of an error in a document, of which the libraries say no more than a
// line. Its offsets are relative to the document.
type locator struct {
	lines *lines
	segment
	text []byte
}

// controlCharacter returns the offset of the first character that the library's reader refuses.
func (l *locator) controlCharacter() int {
	i := bytes.IndexFunc(l.text, func(r rune) bool {
		isAllowed := r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= '~' || r == 0x85 ||
			r >= 0xa0 && r <= 0xfffd || r >= 0x10000
		return !isAllowed
	})
	return max(i, 0)
}

// firstSeen returns the offset of the character on the line with which the error shows first: the
// library has the same error for every text that begins with the document up to there. Line 0 is
// any line.
func (l *locator) firstSeen(message string, line int) int {
	from, to := 0, len(l.text)
	if line > 0 {
		from, to = l.lineSpan(line)
	}
	if !hasError(l.text[:to], message) {
		return from + max(firstContent(l.text[from:to]), 0)
	}
	n := sort.Search(to-from, func(n int) bool { return hasError(l.text[:from+n], message) })
	_, size := utf8.DecodeLastRune(l.text[from : from+n])
	return from + n - size
}

// lineSpan returns where a line starts and ends.
func (l *locator) lineSpan(line int) (start, end int) {
	c := newCursor(l.text, 0)
	start = c.offset(line, 1)
	return start, endOfLine(l.text, start)
}

// hasError reports whether a text has an error that the library describes with the message.
func hasError(text []byte, message string) bool {
	_, _, err := convert(text)
	return err != nil && err.Error() == "yaml: "+message
}

// beginning returns the offset of the first character of the line in which the part begins that
// has the error: the open quote, or the key without a colon. Yaml/v3 has that line, yaml/v2 the
// one in which the part ends.
func (l *locator) beginning(message string) int {
	var ignored yamlv3.Node
	// The line is not reported if it is the first one.
	err := unmarshal(append([]byte("#\n"), l.text...), &ignored)
	if err == nil {
		return 0
	}
	line, found := cutLine(strings.TrimPrefix(err.Error(), "yaml: "))
	if found != message || line < 2 {
		return 0
	}
	start, end := l.lineSpan(line - 1)
	return start + max(bytes.IndexFunc(l.text[start:end], func(r rune) bool { return r != ' ' && r != '-' }), 0)
}

// unconvertible returns the offset of the first node that can be read but not be converted.
func (l *locator) unconvertible() int {
	var document yamlv3.Node
	if err := unmarshal(l.text, &document); err != nil {
		return max(firstContent(l.text), 0)
	}
	c := newCursor(l.text, 0)
	if n := findUnconvertible(&document, nil); n != nil {
		return c.offset(n.Line, n.Column)
	}
	return max(firstContent(l.text), 0)
}

// findUnconvertible returns the first node below n that the converter refuses. Above are the nodes
// that contain n.
func findUnconvertible(n *yamlv3.Node, above []*yamlv3.Node) *yamlv3.Node {
	if n.Kind == yamlv3.AliasNode && slices.Contains(above, n.Alias) || n.Kind == yamlv3.ScalarNode && !isConvertible(n) {
		return n
	}
	above = append(above, n)
	for i, child := range n.Content {
		isKey := n.Kind == yamlv3.MappingNode && i%2 == 0
		if isKey && !isKeyConvertible(child, n.Content[i+1]) {
			return child
		}
		if found := findUnconvertible(child, above); found != nil {
			return found
		}
	}
	return nil
}

func isConvertible(n *yamlv3.Node) bool {
	isPlain := n.Style == 0
	if isPlain && !mayBeOdd(n.Value) {
		return true
	}
	_, _, err := convert([]byte(rewrite(n.Value, n)))
	return isPlain && strings.Contains(n.Value, "\n") || err == nil
}

func isKeyConvertible(key, value *yamlv3.Node) bool {
	key, value = followAlias(key), followAlias(value)
	if key.Kind != yamlv3.ScalarNode {
		return false
	}
	if key.Tag == "!!merge" && key.Value == "<<" {
		isMap := func(n *yamlv3.Node) bool { return followAlias(n).Kind == yamlv3.MappingNode }
		return isMap(value) || value.Kind == yamlv3.SequenceNode && !slices.ContainsFunc(value.Content, func(n *yamlv3.Node) bool { return !isMap(n) })
	}
	if key.Style == 0 && !mayBeOdd(key.Value) && key.Value != "" {
		return true
	}
	_, ok := convertKey(rewrite(key.Value, key))
	return ok
}

func followAlias(n *yamlv3.Node) *yamlv3.Node {
	if n.Kind == yamlv3.AliasNode {
		return n.Alias
	}
	return n
}
