package relabeling

import (
	"regexp/syntax"
	"strings"
)

// TreeSize returns about how many instructions an expression compiles to, by its syntax tree.
// Repetitions and classes of characters can make it a thousand times as long as its text.
func TreeSize(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n += TreeSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}

// PatternSize returns about how many instructions an expression compiles to, and 0 for one
// that does not compile. Only repetitions by a number and classes of Unicode make it much
// longer than its text, so that no other expression needs to be parsed.
func PatternSize(pattern string) int {
	if !strings.Contains(pattern, "{") && !strings.Contains(pattern, `\p`) && !strings.Contains(pattern, `\P`) {
		return len(pattern)
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	return TreeSize(re)
}
