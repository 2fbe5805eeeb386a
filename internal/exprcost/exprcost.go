// Package exprcost estimates what it costs Prometheus' parser to read a PromQL expression,
// without reading it: the parser cannot be interrupted, and its time is not a matter of
// length. Three things grow faster than the text (measured with promql/parser v0.316):
//
//   - The check of types descends from each operator and each parenthesis through all that
//     are nested in it, down to the next function or aggregation, whose type is fixed. A
//     chain of operators nests to its length, so its time grows with the square.
//   - The labels of on() are compared with each label of group_left() or group_right().
//   - A regular expression compiles to a program that may be a thousand times as long as
//     its text.
//
// All else is linear, so that a long expression of many small parts is cheap. The estimate
// is the same on every machine and never below what the parser does; where it is in doubt,
// for example about text that is no PromQL, it is above.
//
// It is pure: no client, network, file system or clock.
package exprcost

import (
	"errors"
	"regexp/syntax"
	"strings"
	"time"

	"github.com/prometheus/prometheus/util/strutil"
)

// A Cost is what an expression costs to read. The zero value is that of an empty one.
type Cost struct {
	// Steps are the visits of the parser to operators, parentheses and labels that grow
	// faster than the text, and the instructions of regular expressions, weighted.
	Steps int

	// Chain is the largest number of operators and parentheses that nest in each other.
	Chain int

	// Depth is the deepest nesting of all, functions included: the parser recurses, and
	// each level takes one to four kilobytes of its stack.
	Depth int

	// Labels are those in lists: of by(), on() and so on.
	Labels int
}

const (
	// perStep is the time of one visit on a core of 2024. Errors of type in each operator
	// of a chain make it up to seven times as long.
	perStep = 5 * time.Nanosecond

	// perInstruction is the weight of one instruction of a regular expression: it takes
	// some 200 bytes, and a microsecond with its share of collecting them.
	perInstruction = 200

	// maxSteps keeps sums from overflowing: 50 seconds.
	maxSteps = 10_000_000_000
)

// Time is how long Prometheus' parser takes.
func (c Cost) Time() time.Duration { return time.Duration(c.Steps) * perStep }

// Of estimates the cost of an expression. It takes linear time.
func Of(expr string) Cost {
	const enough = 8 // for nearly all expressions
	s := scanner{text: expr, parts: append(make([]part, 0, enough), part{call: true}), nested: append(make([]int, 0, enough), 0)}
	for s.pos < len(s.text) && s.cost.Steps < maxSteps {
		s.next()
	}
	for len(s.parts) > 0 {
		s.pop()
	}
	s.cost.Steps = min(s.cost.Steps, maxSteps)
	return s.cost
}

// A part is the whole expression, or what a pair of parentheses holds.
type part struct {
	// call marks the arguments of a function or an aggregation, whose type is not that of
	// their parts.
	call bool

	// list is the word before a list of labels: by, on, group_left.
	list string

	labels int
}

type scanner struct {
	text   string
	pos    int
	parts  []part
	nested []int // for each call among the parts: the operators and parentheses so far
	depth  int
	cost   Cost

	word   string // the last token, if it is a word, in lower case
	closed string // the word before the list of labels that the last token closes
	onList int    // the labels of the last list
}

// next reads a token.
func (s *scanner) next() {
	c := s.text[s.pos]
	start := s.pos
	s.pos++
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		return
	case c == '#':
		s.skipComment()
		return
	case c == '(':
		s.open()
	case c == ')':
		s.closed = s.pop()
		s.word = ""
		return
	case c == ',':
		s.separate()
	case c == '"' || c == '\'' || c == '`':
		s.skipString(c)
	case c == '{':
		s.skipBraces()
	case isWord(c):
		for s.pos < len(s.text) && isWord(s.text[s.pos]) {
			s.pos++
		}
		s.word, s.closed = strings.ToLower(s.text[start:s.pos]), ""
		if isOperator(s.word) {
			s.nest()
		}
		return
	case strings.IndexByte("+-*/%^=!<>[", c) >= 0:
		if s.pos < len(s.text) && (s.text[s.pos] == '=' || s.text[s.pos] == '~') {
			s.pos++
		}
		s.nest()
	}
	s.word, s.closed = "", ""
}

// isOperator reports whether a word is a binary operator.
func isOperator(word string) bool {
	switch word {
	case "and", "or", "unless", "atan2":
		return true
	}
	return false
}

// precedesList reports whether a list of labels in parentheses comes behind a word.
func precedesList(word string) bool {
	switch word {
	case "by", "without", "on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right":
		return true
	}
	return false
}

// isWord takes letters, digits and what else may be in a name or a number.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '.' || c >= 0x80
}

// open enters a parenthesis: a list of labels, the arguments of a call, or a part that
// nests in the one around it.
func (s *scanner) open() {
	p := part{}
	switch {
	case precedesList(s.word):
		p.list = s.word
	case s.closed == "by" || s.closed == "without":
		p.call = true
	case s.word != "" && s.word != "bool" && !isOperator(s.word):
		p.call = true
	default:
		s.nest()
	}
	if p.call {
		s.nested = append(s.nested, 0)
		s.deepen()
	}
	s.parts = append(s.parts, p)
}

// pop leaves a parenthesis, and returns the word before it if it was a list of labels.
func (s *scanner) pop() string {
	if len(s.parts) == 0 {
		return ""
	}
	p := s.parts[len(s.parts)-1]
	s.parts = s.parts[:len(s.parts)-1]
	if p.call {
		s.settle()
		s.nested = s.nested[:len(s.nested)-1]
		s.depth--
	}
	if p.list != "" {
		labels := p.labels + 1
		s.cost.Labels += labels
		if p.list == "group_left" || p.list == "group_right" {
			s.cost.Steps += 2 * s.onList * labels
		}
		s.onList = labels
	}
	return p.list
}

// separate ends an argument, or a label of a list. Arguments do not nest in each other.
func (s *scanner) separate() {
	if len(s.parts) == 0 {
		return
	}
	p := &s.parts[len(s.parts)-1]
	switch {
	case p.list != "":
		p.labels++
	case p.call:
		s.settle()
	}
}

// settle adds the cost of the innermost call's argument, which ends.
func (s *scanner) settle() {
	n := &s.nested[len(s.nested)-1]
	s.cost.Steps += *n * *n
	s.cost.Chain = max(s.cost.Chain, *n)
	s.depth -= *n
	*n = 0
}

// nest counts an operator or a parenthesis for the call that it is in. Behind a closing
// parenthesis that nothing opens there is none: the parser stops there.
func (s *scanner) nest() {
	if len(s.nested) == 0 {
		return
	}
	s.nested[len(s.nested)-1]++
	s.deepen()
}

func (s *scanner) deepen() {
	s.depth++
	s.cost.Depth = max(s.cost.Depth, s.depth)
}

func (s *scanner) skipComment() {
	if end := strings.IndexByte(s.text[s.pos:], '\n'); end >= 0 {
		s.pos += end
		return
	}
	s.pos = len(s.text)
}

// skipString reads a string whose first quote is read, and returns it with its quotes.
func (s *scanner) skipString(quote byte) string {
	start := s.pos - 1
	for ; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case quote:
			s.pos++
			return s.text[start:s.pos]
		case '\\':
			if quote != '`' {
				s.pos++
			}
		}
	}
	s.pos = min(s.pos, len(s.text))
	return s.text[start:s.pos]
}

// skipBraces reads the matchers of a selector.
func (s *scanner) skipBraces() {
	regex := false
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		s.pos++
		switch c {
		case '}':
			return
		case '#':
			s.skipComment()
		case '~':
			regex = true
		case ',':
			regex = false
		case '"', '\'', '`':
			if text := s.skipString(c); regex && s.cost.Steps < maxSteps {
				s.cost.Steps += instructions(text) * perInstruction
			}
		}
	}
}

// instructions is about how many instructions a quoted regular expression compiles to,
// beyond those that its text has room for: repetitions are written out, and a class of
// characters may be a table of Unicode.
func instructions(quoted string) int {
	pattern, err := strutil.Unquote(quoted)
	if err != nil || !strings.ContainsAny(pattern, `{\[`) && !strings.Contains(pattern, "(?") {
		return 0
	}
	re, err := syntax.Parse(pattern, syntax.Perl|syntax.DotNL)
	if e, ok := errors.AsType[*syntax.Error](err); ok && e.Code == syntax.ErrLarge {
		return tooLarge
	}
	if err != nil {
		return 0 // what does not parse does not compile
	}
	return max(size(re)-2*len(pattern), 0)
}

const (
	maxInstructions = maxSteps / perInstruction

	// tooLarge is for an expression that Go's own limit stops: it took the most that one
	// can.
	tooLarge = 1_000_000
)

// size is about how many instructions an expression compiles to.
func size(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n = min(n+size(sub), maxInstructions)
	}
	if re.Op == syntax.OpRepeat {
		n = min(n*max(re.Min, re.Max, 1), maxInstructions)
	}
	return n
}
