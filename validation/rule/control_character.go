package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
)

var controlCharacter = validation.Check[*file]{
	ID: "control-character", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A text holds a character that YAML does not allow",
		Text: `The operator writes the groups into a YAML file. It cannot write one that holds the character U+007F,
one of U+0080 to U+009F (other than U+0085), U+FFFE or U+FFFF, and then loads none of the object's rules.

They are invisible, and come in by copying: U+0096, for one, is what remains of a dash that was once
Windows-1252. Delete the character and type what was meant.`,
		Since: "v0.1.0",
	},
	Run: func(f *file, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		add := func(finding func(path *field.Path, value, problem, fix string) validation.Finding, path *field.Path, text string) {
			at := strings.IndexFunc(text, isForbidden)
			if at < 0 {
				return
			}
			c, size := utf8.DecodeRuneInString(text[at:])
			said := finding(path, text, fmt.Sprintf("the text holds the invisible character %U, which the operator cannot write into the rule file", c), "delete it")
			said.Excerpt = &validation.Excerpt{Text: text, Start: at, End: at + size}
			found = append(found, said)
		}
		addAll := func(finding func(path *field.Path, value, problem, fix string) validation.Finding, path *field.Path, texts map[string]string) {
			for _, name := range slices.Sorted(maps.Keys(texts)) {
				add(finding, path.Key(name), name)
				add(finding, path.Key(name), texts[name])
			}
		}
		for _, g := range f.groups {
			add(g.finding, g.path("name"), g.Name)
			addAll(g.finding, g.path("labels"), g.Labels)
			for _, r := range g.rules {
				add(r.finding, r.path("record"), r.Record)
				add(r.finding, r.path("alert"), r.Alert)
				add(r.finding, r.path("expr"), r.Expr.String())
				addAll(r.finding, r.path("labels"), r.Labels)
				addAll(r.finding, r.path("annotations"), r.Annotations)
			}
		}
		return found
	},
}

// isForbidden reports whether YAML does not allow a character that JSON, from which the
// operator makes the YAML, does not escape.
func isForbidden(c rune) bool {
	return c >= 0x7f && c < 0xa0 && c != 0x85 || c == 0xfffe || c == 0xffff
}
