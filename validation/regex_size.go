package validation

import "regexp/syntax"

// RegexSize is about how many instructions an expression compiles to, read off its syntax
// tree: compiled, it may be a thousand times as long as its text.
func RegexSize(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += RegexSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}
