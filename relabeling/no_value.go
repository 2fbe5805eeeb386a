package relabeling

import (
	"fmt"
	"slices"
)

// NoValueTexts are texts that YAML reads as no value, quoted or not: the code that decodes an
// action or a regular expression never gets them. They are a parameter of what refuses them,
// so that tests can refuse others.
type NoValueTexts []string

// Prometheus' YAML library (go.yaml.in/yaml/v2 v2.4.4, decode.go, prepare) has these.
var noValueTexts = NoValueTexts{"null", "~"}

// DefaultNoValueTexts returns the list for Prometheus, which callers must not change.
func DefaultNoValueTexts() NoValueTexts { return noValueTexts }

// Has reports whether a text is on the list.
func (l NoValueTexts) Has(text string) bool { return slices.Contains(l, text) }

// Complaint is about a text on the list that should be a regular expression, and says how to
// mend it. What names the field. It is empty for any other text.
func (l NoValueTexts) Complaint(what, text string) (problem, fix string) {
	if !l.Has(text) {
		return "", ""
	}
	return fmt.Sprintf("YAML reads the %s %q as no value, quoted or not, and it becomes no regular expression", what, text),
		fmt.Sprintf("write (%s)", text)
}
