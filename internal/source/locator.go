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
	segment

	lines *lines
	text  []byte
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
// library has the same error for every text that begins with the document up to there.
func (l *locator) firstSeen(message string, line int) int {
	from, to := l.lineSpan(line)
	if !hasError(l.text[:to], message) {
		return from + max(firstContent(l.text[from:to]), 0)
	}
	n := sort.Search(to-from, func(n int) bool { return hasError(l.text[:from+n], message) })
	_, size := utf8.DecodeLastRune(l.text[from : from+n])
	return from + n - size
}

// startOfToken returns where the token starts with which an error of the parser shows: the parser
// may not see the error before the end of the token.
func (l *locator) startOfToken(offset int) int {
	if offset == len(l.text) {
		return offset
	}
	if quote := l.text[offset]; quote == '"' || quote == '\'' {
		start := bytes.LastIndexByte(l.text[:offset], '\n') + 1
		if i := bytes.LastIndexByte(l.text[start:offset], quote); i >= 0 {
			return start + i
		}
		return offset
	}
	for offset > 0 && strings.IndexByte(" \t\r\n\"'[]{},", l.text[offset-1]) < 0 {
		offset--
	}
	return offset
}

// unknownAlias returns the offset of the first alias of a name that has no anchor before it.
func (l *locator) unknownAlias(message, name string) int {
	alias := []byte("*" + name)
	var ends []int
	for end := 0; ; {
		i := bytes.Index(l.text[end:], alias)
		if i < 0 {
			break
		}
		end += i + len(alias)
		if end == len(l.text) || !isAnchorByte(l.text[end]) {
			ends = append(ends, end)
		}
	}
	n := sort.Search(len(ends)-1, func(n int) bool { return hasError(l.text[:ends[n]], message) })
	if n >= len(ends) {
		return max(firstContent(l.text), 0)
	}
	return ends[n] - len(alias)
}

func isAnchorByte(b byte) bool { return b == '-' || b == '_' || isAlphanumeric(b) }

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

// beginning returns where the part begins that has the error: the open quote, or the line without a
// colon. Yaml/v3 has the line of that, yaml/v2 the line in which the part ends.
func (l *locator) beginning(message string, isQuote bool) int {
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
	text := l.text[start:end]
	if i := openQuote(text); isQuote && i >= 0 {
		return start + i
	}
	return start + max(bytes.IndexFunc(text, func(r rune) bool { return r != ' ' && r != '-' }), 0)
}

// openQuote returns the offset of the quote in a line that is not closed, or -1.
func openQuote(line []byte) int {
	at := -1
	for i, c := range line {
		if c != '"' && c != '\'' {
			continue
		}
		switch {
		case at < 0 && (i == 0 || strings.IndexByte(" \t[{,:-", line[i-1]) >= 0):
			at = i
		case at >= 0 && c == line[at] && (c == '\'' || line[i-1] != '\\'):
			at = -1
		}
	}
	return at
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

// isConvertible reports whether a scalar can be converted. Only numbers that JSON does not have and
// values that do not fit their tag cannot.
func isConvertible(n *yamlv3.Node) bool {
	value := strings.ToLower(n.Value)
	isSpecial := n.Style == 0 && (strings.HasSuffix(value, ".inf") || strings.HasSuffix(value, ".nan"))
	if !isSpecial && n.Style&yamlv3.TaggedStyle == 0 {
		return true
	}
	_, _, err := convert([]byte(rewrite(n.Value, n)))
	return err == nil
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
	isPlain := key.Style == 0 && (mayBeOdd(key.Value) || key.Value == "")
	if !isPlain && key.Style&yamlv3.TaggedStyle == 0 {
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
