package relabel

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

var RelabelLabel = validation.Check[Relabeling]{
	ID: "relabel-label", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A relabeling names a label as Prometheus does not take it",
		Text: `Prometheus 3 takes any name but an empty one, unless it is told to keep to the old names
(` + "`nameValidationScheme: Legacy`" + `). Prometheus 2 knows only letters, digits and ` + "`_`" + `, and no digit
comes first. One wrong name, and Prometheus refuses its whole configuration.

The target label of ` + "`replace` and the replacement of `labelmap` may hold `$1` or `${1}`" + `, which
stand for what the regular expression has found. With the old names no other action takes
these.`,
		Since: "v0.1.0",
	},
	Run: func(r Relabeling, s validation.Snapshot) []validation.Finding {
		found := r.sources(s)
		names := r.names(s)
		action, _ := r.action()
		switch action {
		case relabel.Replace, relabel.HashMod, relabel.Lowercase, relabel.Uppercase, relabel.KeepEqual, relabel.DropEqual:
			// Without one, relabel-fields speaks.
			if r.TargetLabel != "" && isRefused(relabel.Config{Action: action, TargetLabel: r.TargetLabel}, names) {
				found = append(found, r.At("targetLabel").Finding(wrongLabel(action, r.TargetLabel)))
			}
		case relabel.LabelMap:
			if isRefused(relabel.Config{Action: action, Replacement: r.ReplacementText()}, names) {
				found = append(found, r.At("replacement").Finding(wrongLabel(action, r.ReplacementText())))
			}
		}
		return found
	},
}

// isRefused asks Prometheus about a relabeling in which nothing but a name can be wrong.
func isRefused(c relabel.Config, names model.ValidationScheme) bool {
	c.Modulus = 1
	if c.Action == relabel.KeepEqual || c.Action == relabel.DropEqual {
		c.Modulus = 0
	}
	c.Regex, c.Separator = relabel.DefaultRelabelConfig.Regex, relabeling.DefaultSeparator
	if c.Replacement == "" && c.Action != relabel.LabelMap {
		c.Replacement = relabeling.DefaultReplacement
	}
	return c.Validate(names) != nil
}

// sources looks at the source labels. From version 3 on Prometheus takes any name
// here, even where it keeps to the old ones elsewhere (v0.316, model.LabelName).
func (r Relabeling) sources(s validation.Snapshot) []validation.Finding {
	names := model.UTF8Validation
	if s.Prometheus.LegacyLabels {
		names = model.LegacyValidation
	}
	var found []validation.Finding
	for i, l := range r.SourceLabels {
		if !names.IsValidLabelName(string(l)) {
			found = append(found, r.At("sourceLabels").Index(i).Finding(wrongLabel("", string(l))))
		}
	}
	return found
}

// wrongLabel says what is wrong with a label, how to mend it, and which it is.
func wrongLabel(action relabel.Action, label string) (problem, fix, value string) {
	const allowed = "use letters, digits and _, and begin with no digit"
	switch {
	case label == "" && action == relabel.LabelMap:
		return "the replacement is empty, but it is the new name of the label", "write the new name, such as $1", label
	case label == "":
		return "the name of the label is empty", "name a label, or remove the entry", label
	case action == "" || !strings.Contains(label, "$"):
		return fmt.Sprintf("%q is not a label name that this Prometheus takes", label), allowed, label
	case action == relabel.Replace || action == relabel.LabelMap:
		return fmt.Sprintf("%q does not make a label name that this Prometheus takes", label),
			allowed + "; ${1} stands for what the regex captures", label
	}
	return fmt.Sprintf("the action %q takes a plain label name, which %q is not", action, label), allowed, label
}
