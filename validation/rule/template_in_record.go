package rule

import (
	"strings"

	"github.com/promgate/promgate/validation"
)

var templateInRecord = validation.Check[*groupRule]{
	ID: "template-in-record", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A label of a recording rule holds a template",
		Text: `Templates are expanded in alerts only. On a recording rule the braces are stored as they are, as
the label's value. To copy a label's value, use ` + "`label_replace` in `expr`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, _ validation.Snapshot) []validation.Finding {
		if r.Record == "" {
			return nil
		}
		var found []validation.Finding
		for _, name := range namesOf(r.Labels) {
			if strings.Contains(r.Labels[name], "{{") {
				found = append(found, r.place("labels").AtKey(name).Finding(
					"a template in a recording rule's label is not expanded", "use label_replace in the expression", validation.Key(name, r.Labels[name])))
			}
		}
		return found
	},
}
