package relabeling

import (
	"regexp/syntax"
	"slices"
)

// The functions below look at the syntax tree of an expression, as ParseRegex returns it. That
// costs as much as its text is long; compiled, it may be a thousand times as long.

// MatchesEmpty reports whether an expression matches the empty text. It is exact.
func MatchesEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpStar, syntax.OpQuest, syntax.OpBeginLine, syntax.OpEndLine,
		syntax.OpBeginText, syntax.OpEndText, syntax.OpNoWordBoundary:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return MatchesEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || MatchesEmpty(re.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !MatchesEmpty(sub) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, MatchesEmpty)
	}
	return false
}

// MatchesAny reports whether an expression certainly matches every text.
func MatchesAny(re *syntax.Regexp) bool {
	parts, anchored := insideAnchors(re)
	all := extentOf(&syntax.Regexp{Op: syntax.OpConcat, Sub: parts})
	return anchored && all.empty && all.filled
}

// MatchesFilled reports whether an expression certainly matches every text but the empty one.
func MatchesFilled(re *syntax.Regexp) bool {
	parts, anchored := insideAnchors(re)
	return anchored && extentOf(&syntax.Regexp{Op: syntax.OpConcat, Sub: parts}).filled
}

// MatchesNoneWith reports whether an expression certainly matches no text that contains a
// character.
func MatchesNoneWith(re *syntax.Regexp, character rune) bool {
	parts, anchored := insideAnchors(re)
	return anchored && !slices.ContainsFunc(parts, func(part *syntax.Regexp) bool { return mayHold(part, character) })
}

// An extent holds what a piece of an expression certainly matches, wherever it is in the
// expression.
type extent struct {
	empty  bool // the empty text
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

// inRow returns the extent of pieces that follow each other: one of them matches the text,
// and the others around it match the empty text.
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

// mayHold reports whether a text that the expression matches may contain a character.
func mayHold(re *syntax.Regexp, character rune) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return true // a broad answer: the other case of the character is in too
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
	return slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return mayHold(sub, character) })
}
