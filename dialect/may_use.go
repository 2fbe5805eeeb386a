package dialect

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// MayUse reports whether an expression may make use of a construct of the table. It takes a fraction of
// the time of [Uses], which returns nothing where MayUse reports false: that is so for most expressions.
func MayUse(text string) bool {
	s := scanner{text: text}
	for s.pos < len(text) {
		if !s.isPlain() {
			return true
		}
	}
	return false
}

// A scanner walks over the characters of an expression.
type scanner struct {
	text string
	pos  int

	inBraces, inBrackets bool
	// listAhead reports that the next parenthesis opens a list of labels, and inList that it is in one.
	listAhead, inList bool
	// offsetAhead reports that a duration follows.
	offsetAhead bool
	// previous is the last character that is no white space.
	previous byte
}

// isPlain reads a word, a string or a character, and reports whether each release reads it the same way.
func (s *scanner) isPlain() bool {
	c := s.text[s.pos]
	switch {
	case c == ' ' || c == '\n' || c == '\t' || c == '\r':
		s.pos++
		return true
	case c == '#':
		s.pos += len(firstLine(s.text[s.pos:]))
		return true
	case c == '"' || c == '\'' || c == '`':
		return s.isPlainString(c)
	case isWordPart(c):
		return s.isPlainWord()
	}
	s.pos++
	plain := s.isPlainCharacter(c)
	s.previous = c
	return plain
}

func (s *scanner) isPlainCharacter(c byte) bool {
	switch {
	case c >= 0x80 || s.inBrackets && c != ':' && c != ']' || s.inList && c == ':' || s.offsetAhead && c != '-':
		return false
	case c == '/':
		return s.previous != '<' && s.previous != '>'
	case c == '-':
		isSecond := s.offsetAhead && s.previous == '-'
		return !isSecond
	}
	switch c {
	case '{', '}':
		s.inBraces = c == '{'
	case '[', ']':
		s.inBrackets = c == '['
	case '(':
		s.inList, s.listAhead = s.listAhead, false
	case ')':
		s.inList = false
	}
	return true
}

// isPlainString reads a string. One without its end is not read by any release.
func (s *scanner) isPlainString(quote byte) bool {
	if s.inList || s.inBrackets || s.offsetAhead || s.inBraces && s.previous != '=' && s.previous != '~' {
		return false
	}
	start := s.pos
	for s.pos++; s.pos < len(s.text) && s.text[s.pos] != quote; s.pos++ {
		if s.text[s.pos] == '\\' && quote != '`' {
			s.pos++
		}
	}
	s.pos = min(s.pos+1, len(s.text))
	s.previous = quote
	return !strings.Contains(s.text[start:s.pos], `\`) && !strings.Contains(s.text[start:s.pos], "(?<")
}

func (s *scanner) isPlainWord() bool {
	start := s.pos
	for s.pos < len(s.text) && isWordPart(s.text[s.pos]) {
		s.pos++
	}
	word := s.text[start:s.pos]
	s.previous = word[len(word)-1]
	if isDigit(word[0]) {
		return s.isPlainNumber(word)
	}
	if s.inBrackets || s.offsetAhead {
		return false
	}
	if words := wordsOfTable(); words.has(word) {
		switch word := strings.ToLower(word); word {
		case "by", "without", "on", "ignoring", "group_left", "group_right":
			s.listAhead = true
		case "offset":
			s.offsetAhead = true
		default:
			return !words.names[word]
		}
	}
	return true
}

// isPlainNumber reports whether a number is a duration where one is needed, and none elsewhere.
func (s *scanner) isPlainNumber(word string) bool {
	isDuration := strings.ContainsAny(word, "smhdwySMHDWY")
	needed := s.inBrackets || s.offsetAhead
	s.offsetAhead = false
	return isDuration == needed && strings.IndexByte(word, '_') < 0
}

func isWordPart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || isDigit(c)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// words are those that mean something to the scanner.
type words struct {
	names   map[string]bool // of the table, in lower case
	lengths [256]uint64     // for the first letter of a word: a bit for each length of those with that letter
}

// has reports false for most of the words that are not among them, without looking for them.
func (w *words) has(word string) bool {
	return w.lengths[word[0]|lower]&(1<<min(len(word), 63)) != 0
}

// lower is the bit that makes a small letter of a capital.
const lower = 'a' - 'A'

// wordsOfTable are the functions, aggregations and keywords of the table, and those before lists of labels and durations.
var wordsOfTable = sync.OnceValue(func() *words {
	w := &words{names: map[string]bool{"fill": true, "fill_left": true, "fill_right": true}}
	for _, c := range table {
		switch c.Kind {
		case Function, Aggregation, Modifier, MetricKeyword, LabelKeyword:
			w.names[c.Name] = true
		}
	}
	all := []string{"by", "without", "on", "ignoring", "group_left", "group_right", "offset"}
	for _, name := range slices.AppendSeq(all, maps.Keys(w.names)) {
		w.lengths[name[0]|lower] |= 1 << min(len(name), 63)
	}
	return w
})
