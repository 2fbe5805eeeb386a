package relabel

import (
	"errors"
	"regexp/syntax"
	"sort"
	"strings"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// maxPlacedRegex is the longest expression, in bytes, in which the place of a mistake is
// searched: the search parses the expression a dozen times.
const maxPlacedRegex = 500

// regexPlace returns the place of a mistake, or nil: the error of Go's parser has no
// position.
func regexPlace(at validation.Place, pattern string, e *syntax.Error) *validation.Excerpt {
	if len(pattern) > maxPlacedRegex {
		return nil
	}
	if endsInBackslash(pattern) {
		return at.Excerpt(pattern, len(pattern)-1, len(pattern))
	}
	switch e.Code {
	case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		odd, found := oddParenthesis(pattern, e.Code == syntax.ErrMissingParen)
		if !found {
			return nil
		}
		return at.Excerpt(pattern, odd, odd+1)
	case syntax.ErrMissingBracket: // the error has the rest of the expression
		bracket := len(pattern) + len(relabeling.AnchorAfter) - len(e.Expr)
		if bracket < 0 || bracket >= len(pattern) {
			return nil
		}
		return at.Excerpt(pattern, bracket, bracket+1)
	}
	return fragmentPlace(at, pattern, e)
}

// fragmentPlace searches a mistake whose text is in the error. The parser reads from left to
// right and stops at the first mistake: the text ends where the beginning of the expression
// is long enough to give the same error.
func fragmentPlace(at validation.Place, pattern string, e *syntax.Error) *validation.Excerpt {
	if e.Expr == "" || !strings.Contains(pattern, e.Expr) {
		return nil
	}
	end := sort.Search(len(pattern), func(n int) bool {
		_, err := syntax.Parse(relabeling.AnchorBefore+pattern[:n], syntax.Perl)
		var other *syntax.Error
		return errors.As(err, &other) && *other == *e
	})
	if !strings.HasSuffix(pattern[:end], e.Expr) {
		return nil
	}
	return at.Excerpt(pattern, end-len(e.Expr), end)
}

// oddParenthesis returns the offset of the parenthesis without a partner: the last one that
// is open at the end, or the first one that closes none.
func oddParenthesis(pattern string, open bool) (at int, found bool) {
	var stack []int
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i = afterEscape(pattern, i)
		case '[':
			i = afterClass(pattern, i)
		case '(':
			stack = append(stack, i)
		case ')':
			if len(stack) == 0 && !open {
				return i, true
			}
			stack = stack[:max(len(stack)-1, 0)]
		}
	}
	if !open || len(stack) == 0 {
		return 0, false
	}
	return stack[len(stack)-1], true
}

// afterEscape returns the offset of the last byte that a backslash quotes: the next byte, or
// the end of \E.
func afterEscape(pattern string, i int) int {
	rest := pattern[i:]
	if !strings.HasPrefix(rest, `\Q`) {
		return i + 1
	}
	if n := strings.Index(rest, `\E`); n >= 0 {
		return i + n + 1
	}
	return len(pattern)
}

// afterClass returns the offset of the bracket that closes a class of characters. A bracket
// that comes first is a member of the class.
func afterClass(pattern string, i int) int {
	i++
	if strings.HasPrefix(pattern[i:], "^") {
		i++
	}
	if strings.HasPrefix(pattern[i:], "]") {
		i++
	}
	for ; i < len(pattern) && pattern[i] != ']'; i++ {
		switch {
		case pattern[i] == '\\':
			i++
		case strings.HasPrefix(pattern[i:], "[:"):
			if n := strings.Index(pattern[i:], ":]"); n >= 0 {
				i += n + 1
			}
		}
	}
	return i
}
