package rule

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/promgate/promgate/validation"
)

// labelSet is the labels of a group or of a rule, and where they are.
type labelSet struct {
	path    *field.Path
	subject string
	key     string
	labels  map[string]string
}

// labelSets returns the labels of all groups and rules of a file.
func labelSets(f *file) []labelSet {
	var all []labelSet
	for _, g := range f.groups {
		if len(g.Labels) > 0 {
			all = append(all, labelSet{g.path("labels"), g.subject(), validation.Key(g.Name, ""), g.Labels})
		}
		for _, r := range g.rules {
			if len(r.Labels) > 0 {
				all = append(all, labelSet{r.path("labels"), r.subject(), validation.Key(g.Name, r.name()), r.Labels})
			}
		}
	}
	return all
}

// unwritable returns why the operator cannot write the name of a label or annotation into
// a rule file, and how to mend it. Both are empty if it can.
func unwritable(name string) (problem, fix string) {
	if name == "<<" {
		return "the name << merges maps in YAML, quoted or not, so that Prometheus cannot read the rule file", "choose another name"
	}
	if strings.ContainsRune(name, '\u0085') {
		return "the name holds the invisible line break U+0085, which the operator cannot write into the rule file", "delete it"
	}
	if len(name)*6+2 <= maxKey { // no character takes more in JSON
		return "", ""
	}
	quoted, err := json.Marshal(name)
	if err == nil && utf8.RuneCount(quoted) > maxKey {
		return "the name is too long: YAML takes at most 1024 characters, so that the operator cannot write the rule file", "shorten it"
	}
	return "", ""
}

// maxKey is how many characters a key may have in YAML, with its quotes and escaped as in
// JSON, from which the operator makes the YAML.
const maxKey = 1024

var labelName = validation.Check[labelSet]{
	ID: "label-name", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A label has a name or value that Prometheus refuses",
		Text: `Prometheus refuses a rule file in which a label has an empty name, or the name ` + "`__name__`" + `:
the metric's name is set by ` + "`record`" + `. The name ` + "`<<`" + ` has a meaning of its own in YAML, which takes no names of more than
1024 characters. A value has to be valid UTF-8.

Names with other characters than letters, digits and ` + "`_`" + ` need Prometheus 3; see
[name-utf8](name-utf8.md).`,
		Since: "v0.1.0",
	},
	Run: func(l labelSet, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, name := range slices.Sorted(maps.Keys(l.labels)) {
			problem, fix := unwritable(name)
			f := validation.Finding{
				Path:    l.path.Key(name).String(),
				Subject: l.subject,
				Key:     validation.Key(l.key, name),
			}
			switch {
			case name == model.MetricNameLabel:
				f.Problem = "a rule cannot set the label " + model.MetricNameLabel
				f.Fix = "set the metric's name with record"
			case name == "":
				f.Problem = "a label has no name"
				f.Fix = "give it one, or remove it"
			case problem != "":
				f.Problem, f.Fix = problem, fix
			case !s.Names.IsValidLabelName(name):
				f.Problem = fmt.Sprintf("%q is not a label name%s", name, untaken(s))
				f.Fix = "use letters, digits and _, and begin with no digit"
			case !model.LabelValue(l.labels[name]).IsValid():
				f.Problem = "the value is not valid UTF-8"
				f.Fix = "write it in UTF-8"
			default:
				continue
			}
			found = append(found, f)
		}
		return found
	},
}

// untaken returns the end of a sentence on a name that another version accepts.
func untaken(s validation.Snapshot) string {
	switch p := s.Prometheus; {
	case !p.Known():
		return ""
	case !p.Thanos && p.AtLeast("3.0.0"):
		return " that Prometheus " + p.Name + " takes, which has nameValidationScheme: Legacy"
	}
	return " that " + s.Prometheus.Engine() + " takes"
}
