package rule

import (
	"slices"
	"strings"
)

// A token is a piece of an expression that Prometheus' parser refuses: its own lexer stops
// at the first mistake.
type token struct {
	text       string
	start, end int
	inBraces   bool
}

func (t token) isWord() bool {
	return t.text != "" && isNamePart(t.text[0]) && !t.isNumber()
}

func (t token) isNumber() bool { return t.text != "" && t.text[0] >= '0' && t.text[0] <= '9' }

func (t token) isString() bool { return t.text != "" && strings.IndexByte("\"'`", t.text[0]) >= 0 }

func (t token) isComment() bool { return t.text != "" && t.text[0] == '#' }

// endsOperand reports whether an operator may follow.
func (t token) endsOperand() bool {
	return t.isWord() && !reservedWords[strings.ToLower(t.text)] || t.isNumber() || t.isString() || t.text == ")" || t.text == "}" || t.text == "]"
}

// beginsOperand reports whether the token may follow an operator.
func (t token) beginsOperand() bool {
	return t.isWord() || t.isNumber() || t.text == "(" || t.text == "{" || t.text == "-"
}

// reservedWords are PromQL's own, after which no operator comes.
var reservedWords = map[string]bool{
	"and": true, "or": true, "unless": true, "atan2": true, "bool": true, "by": true, "without": true, "on": true, "ignoring": true,
	"group_left": true, "group_right": true, "offset": true,
}

func isNamePart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c >= 0x80
}

// tokensOf splits an expression into words, numbers, strings and single characters,
// without comments.
func tokensOf(expr string) []token {
	return slices.DeleteFunc(scanTokens(expr), token.isComment)
}

// textsOf lists the strings and comments of an expression.
func textsOf(expr string) []token {
	return slices.DeleteFunc(scanTokens(expr), func(t token) bool { return !t.isString() && !t.isComment() })
}

func scanTokens(expr string) []token {
	var all []token
	braces := false
	for pos := 0; pos < len(expr); {
		start := pos
		c := expr[pos]
		pos++
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			continue
		case c == '#':
			pos = commentEnd(expr, pos)
		case c == '"' || c == '\'' || c == '`':
			pos = stringEnd(expr, pos, c)
		case isNamePart(c):
			for pos < len(expr) && isNamePart(expr[pos]) {
				pos++
			}
		case c == '}':
			braces = false
		}
		all = append(all, token{text: expr[start:pos], start: start, end: pos, inBraces: braces})
		if c == '{' {
			braces = true
		}
	}
	return all
}

func commentEnd(expr string, pos int) int {
	if i := strings.IndexByte(expr[pos:], '\n'); i >= 0 {
		return pos + i
	}
	return len(expr)
}

// stringEnd is the offset behind a string whose first quote has been read.
func stringEnd(expr string, pos int, quote byte) int {
	for ; pos < len(expr); pos++ {
		switch {
		case expr[pos] == quote:
			return pos + 1
		case expr[pos] == '\\' && quote != '`':
			pos++
		}
	}
	return len(expr)
}
