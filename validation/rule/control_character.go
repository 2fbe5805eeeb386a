package rule

import (
	"fmt"
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
		add := func(at placed, name, text string) {
			if strings.ContainsFunc(text, isForbidden) {
				field := at.place(name)
				found = append(found, forbiddenIn(field, text, field.Excerpt)...)
			}
		}
		addAll := func(at placed, name string, texts map[string]string) {
			if !anyForbidden(texts) {
				return
			}
			for _, key := range namesOf(texts) {
				entry := at.place(name).AtKey(key)
				found = append(found, forbiddenIn(entry, key, entry.KeyExcerpt)...)
				found = append(found, forbiddenIn(entry, texts[key], entry.Excerpt)...)
			}
		}
		for _, g := range f.groups {
			add(g, "name", g.Name)
			addAll(g, "labels", g.Labels)
			for _, r := range g.rules {
				add(r, "record", r.Record)
				add(r, "alert", r.Alert)
				add(r, "expr", r.Expr.String())
				addAll(r, "labels", r.Labels)
				addAll(r, "annotations", r.Annotations)
			}
		}
		return found
	},
}

// anyForbidden reports whether a name or a text has a forbidden character. Nearly none has, and neither order nor places are
// needed then.
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
