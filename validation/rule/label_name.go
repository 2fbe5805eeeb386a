package rule

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/internal/since"
	"github.com/promgate/promgate/validation"
)

// labelSet is the labels of a group or of a rule.
type labelSet struct {
	of     placed
	labels map[string]string
}

// labelSetsOf returns the labels of all groups and rules of a file.
func labelSetsOf(f *ruleFile) []labelSet {
	all := make([]labelSet, 0, len(f.rules))
	for _, g := range f.groups {
		if len(g.Labels) > 0 {
			all = append(all, labelSet{g, g.Labels})
		}
		for _, r := range g.rules {
			if len(r.Labels) > 0 {
				all = append(all, labelSet{r, r.Labels})
			}
		}
	}
	return all
}

// unwritableName returns why the operator cannot write the name of a label or annotation into
// a rule file, and how to mend it. Both are empty if it can.
func unwritableName(name string) (problem, fix string) {
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
		return "the name is too long: YAML allows at most 1024 characters, so that the operator cannot write the rule file", "shorten it"
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
the metric's name is set by ` + "`record`" + `. The name ` + "`<<`" + ` merges maps in YAML, and YAML allows no names of more than
1024 characters. A value has to be valid UTF-8.

Names with other characters than letters, digits and ` + "`_`" + ` need Prometheus 3; see
[name-utf8](name-utf8.md).`,
		Since: "v0.1.0",
	},
	Run: func(l labelSet, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, name := range namesOf(l.labels) {
			problem, fix := unwritableName(name)
			isKey := true
			switch {
			case name == model.MetricNameLabel:
				problem, fix = "a rule cannot set the label "+model.MetricNameLabel, "set the metric's name with record"
			case name == "":
				problem, fix = "a label has no name", "give it one, or remove it"
			case problem != "":
			case !s.Names.IsValidLabelName(name):
				problem, fix = fmt.Sprintf("%q is not a label name%s", name, untaken(s)), "use letters, digits and _, and begin with no digit"
			case !model.LabelValue(l.labels[name]).IsValid():
				problem, fix = "the value is not valid UTF-8", "write it in UTF-8"
				isKey = false
			default:
				continue
			}
			f := l.of.place("labels").AtKey(name).Finding(problem, fix, name)
			f.IsKey = isKey
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
	case !p.Thanos && p.Has(since.UTF8Names):
		return " that Prometheus " + p.Name + " takes, which has nameValidationScheme: Legacy"
	}
	return " that " + s.Prometheus.Engine() + " takes"
}
