package validation

import "regexp/syntax"

// RegexSize returns about how many instructions an expression compiles to. It counts them
// in the syntax tree, and compiles nothing.
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
