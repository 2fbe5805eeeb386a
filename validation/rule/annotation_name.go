package rule

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

var annotationName = validation.Check[*groupRule]{
	ID: "annotation-name", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "An annotation has a name that Prometheus refuses",
		Text: `The name of an annotation follows the rules of a label name: Prometheus refuses a rule
file in which one is empty. Names with other characters than letters, digits and ` + "`_`" + ` need
Prometheus 3; see [name-utf8](name-utf8.md).`,
		Since: "v0.1.0",
	},
	Run: func(r *groupRule, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, name := range namesOf(r.Annotations) {
			problem, fix := unwritableName(name)
			switch {
			case name == "":
				problem, fix = "an annotation has no name", "give it one, or remove it"
			case problem == "" && !s.Names.IsValidLabelName(name):
				problem, fix = fmt.Sprintf("%q is not an annotation name%s", name, untaken(s)), "use letters, digits and _, and begin with no digit"
			case problem == "":
				continue
			}
			f := r.place("annotations").AtKey(name).Finding(problem, fix, name)
			f.IsKey = true
			found = append(found, f)
		}
		return found
	},
}
