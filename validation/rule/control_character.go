package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/promgate/promgate/validation"
)

var controlCharacter = validation.Check[*ruleFile]{
	ID: "control-character", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A text holds a character that YAML does not allow",
		Text: `The operator writes the groups into a YAML file. If a text holds U+007F, U+FFFE, U+FFFF or one of U+0080
to U+009F (other than U+0085), it cannot write the file, and none of the object's rules is loaded.

These characters are invisible, and come from copied text: U+0096, for instance, was a dash in
Windows-1252. Delete the character and type the intended one.`,
		Since: "v0.1.0",
	},
	Run: func(f *ruleFile, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		add := func(at validation.Place, text string) {
			found = append(found, forbiddenIn(at, text, at.Excerpt)...)
		}
		addAll := func(at validation.Place, texts map[string]string) {
			if !anyForbidden(texts) {
				return
			}
			for _, name := range slices.Sorted(maps.Keys(texts)) {
				entry := at.AtKey(name)
				found = append(found, forbiddenIn(entry, name, entry.KeyExcerpt)...)
				add(entry, texts[name])
			}
		}
		for _, g := range f.groups {
			add(g.place("name"), g.Name)
			addAll(g.place("labels"), g.Labels)
			for _, r := range g.rules {
				add(r.place("record"), r.Record)
				add(r.place("alert"), r.Alert)
				add(r.place("expr"), r.Expr.String())
				addAll(r.place("labels"), r.Labels)
				addAll(r.place("annotations"), r.Annotations)
			}
		}
		return found
	},
}

// anyForbidden reports whether a name or a text has a forbidden character. Nearly none has, and the names need
// no order then.
func anyForbidden(texts map[string]string) bool {
	for name, text := range texts {
		if strings.ContainsFunc(name, isForbidden) || strings.ContainsFunc(text, isForbidden) {
			return true
		}
	}
	return false
}

// forbiddenIn finds the first forbidden character of a text. Excerpt makes the excerpt of
// the text.
func forbiddenIn(at validation.Place, text string, excerpt func(text string, start, end int) *validation.Excerpt) []validation.Finding {
	start := strings.IndexFunc(text, isForbidden)
	if start < 0 {
		return nil
	}
	c, size := utf8.DecodeRuneInString(text[start:])
	f := at.Finding(fmt.Sprintf("the text holds the invisible character %U, which the operator cannot write into the rule file", c), "delete it", text)
	f.Excerpt = excerpt(text, start, start+size)
	return []validation.Finding{f}
}

// isForbidden reports whether YAML does not allow a character that JSON, from which the
// operator makes the YAML, does not escape.
func isForbidden(c rune) bool {
	return c >= 0x7f && c < 0xa0 && c != 0x85 || c == 0xfffe || c == 0xffff
}
