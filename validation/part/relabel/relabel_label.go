package relabel

import (
	"fmt"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// RelabelLabel is the check relabel-label.
var RelabelLabel = validation.Check[Relabeling]{
	ID: "relabel-label", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A relabeling has a label name that Prometheus does not accept",
		Text: `Prometheus 3 accepts any name but an empty one, unless it is 3.7 or later and configured for the old
names (` + "`nameValidationScheme: Legacy`" + `). Prometheus 2 accepts only letters, digits and ` + "`_`" + `, with no digit
first. For one wrong name Prometheus refuses its whole configuration.

The target label of ` + "`replace` and the replacement of `labelmap` may hold `$1` or `${1}`" + `, which
become what the regular expression has matched. With the old names no other action accepts
these. What is around them, and any other replacement of ` + "`labelmap`" + `, has to be letters, digits and
` + "`_`" + ` until Prometheus 3.1 too. Prometheus 3.7.0 and 3.7.1 accept no ` + "`$`" + ` with ` + "`Legacy`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(r Relabeling, s validation.Snapshot) []validation.Finding {
		found := r.sources(s)
		names := r.names(s)
		action, _ := r.action()
		writes, replacement := relabeling.WritesName(action)
		switch {
		case replacement:
			if !names.Accept(action, r.ReplacementText()) {
				found = append(found, r.At("replacement").Finding(wrongLabel(action, r.ReplacementText())))
			}
		case writes && r.TargetLabel != "": // a missing one is for the check relabel-fields
			if !names.Accept(action, r.TargetLabel) {
				found = append(found, r.At("targetLabel").Finding(wrongLabel(action, r.TargetLabel)))
			}
		}
		return found
	},
}

// sources checks the source labels. From version 3 on Prometheus accepts any name here, even
// where it is configured for the old names (v0.316, model.LabelName). Version 2.55 does so
// with a feature flag.
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

// wrongLabel returns what is wrong with a label name, how to mend it, and the name.
func wrongLabel(action relabel.Action, label string) (problem, fix, value string) {
	const allowed = "use letters, digits and _, and begin with no digit"
	switch {
	case label == "" && action == relabel.LabelMap:
		return "the replacement is empty, but it is the new name of the label", "write the new name, such as $1", label
	case label == "":
		return "the name of the label is empty", "name a label, or remove the entry", label
	case action == "" || !strings.Contains(label, "$"):
		return fmt.Sprintf("%q is not a label name that this Prometheus accepts", label), allowed, label
	case action == relabel.Replace || action == relabel.LabelMap:
		return fmt.Sprintf("%q does not make a label name that this Prometheus accepts", label),
			allowed + "; ${1} becomes what the regex captures", label
	}
	return fmt.Sprintf("the action %q needs a plain label name, which %q is not", action, label), allowed, label
}
