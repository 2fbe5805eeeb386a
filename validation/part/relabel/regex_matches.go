package relabel

import (
	"regexp/syntax"
	"slices"
)

// What is certain about a regular expression is read off its syntax tree: that costs as
// much as its text is long, and a compiled one may be a thousand times as long.

// matchesEmpty says whether an expression, with its anchors, matches the empty text. It
// is exact.
func matchesEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpStar, syntax.OpQuest, syntax.OpBeginLine, syntax.OpEndLine,
		syntax.OpBeginText, syntax.OpEndText, syntax.OpNoWordBoundary:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return matchesEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || matchesEmpty(re.Sub[0])
	case syntax.OpConcat:
		return all(re.Sub, matchesEmpty)
	case syntax.OpAlternate:
		return some(re.Sub, matchesEmpty)
	}
	return false
}

// inner is what stands between the anchors. There is none where the expression breaks
// out of them, as "a)|(b" does.
func inner(re *syntax.Regexp) (parts []*syntax.Regexp, anchored bool) {
	if re.Op != syntax.OpConcat {
		return nil, false
	}
	parts = re.Sub
	for len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		parts = parts[1:]
	}
	anchored = len(parts) < len(re.Sub)
	count := len(parts)
	for len(parts) > 0 && parts[len(parts)-1].Op == syntax.OpEndText {
		parts = parts[:len(parts)-1]
	}
	return parts, anchored && len(parts) < count
}

// matchesAny says that an expression certainly matches any text.
func matchesAny(re *syntax.Regexp) bool {
	parts, anchored := inner(re)
	all := extentOf(&syntax.Regexp{Op: syntax.OpConcat, Sub: parts})
	return anchored && all.empty && all.filled
}

// matchesFilled says that an expression certainly matches any text but an empty one.
func matchesFilled(re *syntax.Regexp) bool {
	parts, anchored := inner(re)
	return anchored && extentOf(&syntax.Regexp{Op: syntax.OpConcat, Sub: parts}).filled
}

// matchesNoneWith says that an expression certainly matches no text that has a
// character in it.
func matchesNoneWith(re *syntax.Regexp, character rune) bool {
	parts, anchored := inner(re)
	return anchored && all(parts, func(part *syntax.Regexp) bool { return !mayHold(part, character) })
}

// extent is what a piece of an expression certainly matches, wherever it stands.
type extent struct {
	empty  bool // nothing
	one    bool // any one character
	filled bool // any text of one character or more
}

func extentOf(re *syntax.Regexp) extent {
	var subs []extent
	for _, sub := range re.Sub {
		subs = append(subs, extentOf(sub))
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
		return extent{empty: true}
	case syntax.OpAnyChar:
		return extent{one: true}
	case syntax.OpCapture:
		return subs[0]
	case syntax.OpStar:
		return extent{empty: true, one: subs[0].one || subs[0].filled, filled: subs[0].one || subs[0].filled}
	case syntax.OpPlus:
		return extent{empty: subs[0].empty, one: subs[0].one || subs[0].filled, filled: subs[0].one || subs[0].filled}
	case syntax.OpQuest:
		return extent{empty: true, one: subs[0].one || subs[0].filled, filled: subs[0].filled}
	case syntax.OpRepeat:
		filled := re.Min <= 1 && (re.Max == -1 && subs[0].one || re.Max != 0 && subs[0].filled)
		return extent{empty: re.Min == 0 || subs[0].empty, filled: filled}
	case syntax.OpConcat:
		return inRow(subs)
	case syntax.OpAlternate:
		var either extent
		for _, sub := range subs {
			either = extent{either.empty || sub.empty, either.one || sub.one, either.filled || sub.filled}
		}
		return either
	}
	return extent{}
}

// inRow is the extent of pieces one after the other. One matches, and the others around
// it match nothing.
func inRow(pieces []extent) extent {
	row, filled, one := extent{empty: true}, false, false
	needed := 0
	for _, piece := range pieces {
		filled, one = filled || piece.filled, one || piece.one
		if !piece.empty {
			needed++
			row = piece
		}
	}
	switch needed {
	case 0:
		return extent{empty: true, one: one, filled: filled}
	case 1:
		return row
	}
	return extent{}
}

// mayHold says whether a character may be in a text that an expression matches.
func mayHold(re *syntax.Regexp, character rune) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return true // more than is so
		}
		return slices.Contains(re.Rune, character)
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			if re.Rune[i] <= character && character <= re.Rune[i+1] {
				return true
			}
		}
		return false
	}
	return some(re.Sub, func(sub *syntax.Regexp) bool { return mayHold(sub, character) })
}

func all(list []*syntax.Regexp, holds func(*syntax.Regexp) bool) bool {
	return !some(list, func(re *syntax.Regexp) bool { return !holds(re) })
}

func some(list []*syntax.Regexp, holds func(*syntax.Regexp) bool) bool {
	return slices.ContainsFunc(list, holds)
}
