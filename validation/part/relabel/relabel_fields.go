package relabel

import (
	"fmt"
	"strconv"

	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// RelabelFields is the check relabel-fields.
var RelabelFields = validation.Check[Relabeling]{
	ID: "relabel-fields", Severity: validation.Deny,
	Doc: validation.Doc{
		Title: "A relabeling has a field too few or too many",
		Text: `Each action needs some fields and accepts no others. Otherwise Prometheus refuses its whole
configuration.

| Action | Needs | Does not accept |
|---|---|---|
| ` + "`replace`, the default | `targetLabel`" + ` | |
| ` + "`hashmod` | `targetLabel`, `modulus`" + ` | |
| ` + "`lowercase`, `uppercase` | `targetLabel` | `replacement`" + ` |
| ` + "`keepequal`, `dropequal` | `targetLabel` | `regex`, `separator`, `replacement`, `modulus`" + ` |
| ` + "`labeldrop`, `labelkeep` | | `sourceLabels`, `separator`, `targetLabel`, `replacement`, `modulus`" + ` |
| ` + "`keep`, `drop`, `labelmap`" + ` | | |

A field that is set to its default is accepted: a separator ` + "`;`, a replacement `$1`" + `. A regular
expression of ` + "`keepequal` and `dropequal`" + ` is never accepted, not even the default ` + "`(.*)`" + `: the operator
(v0.93.0) accepts that one and writes it, and Prometheus then refuses its configuration, because to Prometheus any
regular expression that is written differs from the default.`,
		Since: "v0.1.0",
	},
	Run: func(r Relabeling, _ validation.Snapshot) []validation.Finding {
		if r.Modulus < 0 { // Prometheus cannot read a negative one
			return []validation.Finding{r.At("modulus").Finding(
				fmt.Sprintf("%d is not a modulus", r.Modulus), "write a number from 1 up", strconv.FormatInt(r.Modulus, 10))}
		}
		// The rules are Prometheus v0.316's, relabel.Config.Validate.
		action, _ := r.action()
		switch action {
		case relabel.Replace:
			return r.needed(action)
		case relabel.HashMod:
			return append(r.needed(action), r.neededModulus()...)
		case relabel.Lowercase, relabel.Uppercase:
			return append(r.needed(action), r.surplus("replacement")...)
		case relabel.KeepEqual, relabel.DropEqual:
			return append(r.needed(action), r.surplus("regex", "separator", "replacement", "modulus")...)
		case relabel.LabelDrop, relabel.LabelKeep:
			return r.surplus("sourceLabels", "separator", "targetLabel", "replacement", "modulus")
		}
		return nil
	},
}

// needed reports a missing target label.
func (r Relabeling) needed(action relabel.Action) []validation.Finding {
	if r.TargetLabel != "" {
		return nil
	}
	problem, fix := fmt.Sprintf("the action %q needs a targetLabel", r.ActionName()), "name the label to write"
	switch {
	case r.Action == "":
		problem = `a relabeling without an action is a "replace", which needs a targetLabel`
		fix = "name the label to write, or set another action"
	case action == relabel.KeepEqual || action == relabel.DropEqual:
		fix = "name the label to compare with"
	}
	return []validation.Finding{r.At("targetLabel").Finding(problem, fix, r.content())}
}

func (r Relabeling) neededModulus() []validation.Finding {
	if r.Modulus != 0 {
		return nil
	}
	return []validation.Finding{r.At("modulus").Finding(
		fmt.Sprintf("the action %q needs a modulus other than 0", r.ActionName()), "set it to the number of shares, from 1 up", r.content())}
}

// surplus reports the fields that are set though the action does not accept them.
func (r Relabeling) surplus(fields ...string) []validation.Finding {
	var found []validation.Finding
	for _, name := range fields {
		value, isSet := r.set(name)
		if !isSet {
			continue
		}
		fix := "remove it"
		if name == "regex" && value == strconv.Quote(relabeling.DefaultRegex) {
			fix = "remove it: here Prometheus refuses its own default, too"
		}
		if name == "sourceLabels" {
			fix = "remove them, and match the names of the labels with regex"
		}
		found = append(found, r.At(name).Finding(
			fmt.Sprintf("the action %q does not accept %s, which is set to %s", r.ActionName(), name, value), fix, validation.Key(r.ActionName(), value)))
	}
	return found
}

// set reports whether a field is set to another value than its default, and returns the
// value. Prometheus does not compare the texts of regular expressions: every expression that is
// written differs from the default.
func (r Relabeling) set(name string) (value string, isSet bool) {
	switch name {
	case "sourceLabels":
		return fmt.Sprintf("%q", r.SourceLabels), len(r.SourceLabels) > 0
	case "separator":
		return fmt.Sprintf("%q", r.SeparatorText()), r.SeparatorText() != relabeling.DefaultSeparator
	case "targetLabel":
		return fmt.Sprintf("%q", r.TargetLabel), r.TargetLabel != ""
	case "regex":
		return fmt.Sprintf("%q", r.Regex), r.Regex != ""
	case "replacement":
		return fmt.Sprintf("%q", r.ReplacementText()), r.ReplacementText() != relabeling.DefaultReplacement
	}
	return strconv.FormatInt(r.Modulus, 10), r.Modulus != 0
}

// content distinguishes relabelings that miss the same field.
func (r Relabeling) content() string {
	return validation.Key(r.ActionName(), fmt.Sprintf("%q", r.SourceLabels), r.Pattern(), r.TargetLabel, r.ReplacementText())
}
