package templatetree

import (
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// Functions are the functions of text/template itself (Go 1.26), for [parse.Parse]. break and continue are none: with a function
// of that name the parser would not know the word. If one were missing here, text/template would have to be asked.
var Functions = map[string]any{
	"and": true, "call": true, "html": true, "index": true, "slice": true, "js": true, "len": true, "not": true, "or": true,
	"print": true, "printf": true, "println": true, "urlquery": true,
	"eq": true, "ge": true, "gt": true, "le": true, "lt": true, "ne": true,
}

// MaxNesting is how many actions and parentheses of a text are parsed. Real ones have some dozens.
const MaxNesting = 8192

// TooLarge reports whether a text has more than so many actions and parentheses.
func TooLarge(text string, most int) bool {
	return len(text) > most && strings.Count(text, "{{")+strings.Count(text, "(") > most
}

// InOrder returns the trees of a text as [Walk] takes them: its own, which has its name, and those of the templates that
// it defines, by name.
func InOrder(name string, byName map[string]*parse.Tree) []*parse.Tree {
	trees := []*parse.Tree{byName[name]}
	for _, defined := range slices.Sorted(maps.Keys(byName)) {
		if defined != name && byName[defined] != nil {
			trees = append(trees, byName[defined])
		}
	}
	return trees
}
