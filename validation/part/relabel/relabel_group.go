package relabel

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// RelabelGroup is the check relabel-group.
var RelabelGroup = validation.Check[Relabeling]{
	ID: "relabel-group", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A replacement refers to a group that the regex does not have",
		Text: `In a replacement ` + "`$1`, `${1}` and `${name}`" + ` stand for what a group of the regular expression captures. If there is no
such group, Prometheus writes nothing in their place, and a label that becomes empty is removed:

- ` + "`$1_metrics`" + ` is the group named ` + "`1_metrics`" + `; write ` + "`${1}_metrics`" + `,
- ` + "`$2`" + ` needs a second pair of parentheses,
- a regular expression without parentheses needs a replacement: the default is ` + "`$1`" + `,
- ` + "`${CLUSTER}`" + ` was meant for another tool, which has not replaced it,
- ` + "`$$1` is the text `$1`" + `, escaped for another tool.

` + "`$(SHARD)` and `$(POD_NAME)`" + `, which the operator's config-reloader replaces, are no such references.`,
		Since: "v0.1.0",
	},
	Run: func(r Relabeling, _ validation.Snapshot) []validation.Finding {
		action, _ := r.action()
		if action != relabel.Replace && action != relabel.LabelMap || relabeling.DefaultNoValueTexts().Has(r.Regex) {
			return nil
		}
		re, err := relabeling.ParseRegex(r.Pattern())
		if err != nil {
			return nil
		}
		var found []validation.Finding
		if action == relabel.Replace {
			found = append(found, r.dangling("targetLabel", r.TargetLabel, re)...)
		}
		if r.Replacement == nil {
			return append(found, r.nothingCaptured(re, action)...)
		}
		return append(append(found, r.dangling("replacement", *r.Replacement, re)...), r.escaped()...)
	},
}

// dangling finds the first reference in a field to a group that does not exist.
func (r Relabeling) dangling(field, text string, re *syntax.Regexp) []validation.Finding {
	all := relabeling.Dangling(text, re)
	if len(all) == 0 {
		return nil
	}
	first := all[0]
	written := text[first.Start:first.End]
	number, isNumber := first.Number()
	digits := leadingDigits(first.Name)
	var problem, fix string
	switch {
	case isNumber:
		problem = fmt.Sprintf("the regex %s has no group %d: %s becomes nothing", inQuotes(r.Pattern()), number, written)
		fix = "put what to copy into parentheses, or refer to another group"
	case digits != "" && !strings.HasPrefix(written, "${"):
		problem = fmt.Sprintf("%s is the group named %q, which the regex does not have: it becomes nothing", written, first.Name)
		fix = fmt.Sprintf("write ${%s}%s", digits, strings.TrimPrefix(first.Name, digits))
	default:
		problem = fmt.Sprintf("nothing fills in %s: the regex has no group of that name, and it becomes nothing", written)
		fix = "write the value itself"
	}
	f := r.At(field).Finding(problem, fix, text)
	f.Excerpt = r.At(field).Excerpt(text, first.Start, first.End)
	return []validation.Finding{f}
}

func leadingDigits(name string) string {
	return name[:len(name)-len(strings.TrimLeft(name, "0123456789"))]
}

// nothingCaptured finds the default replacement beside a regex without a group.
func (r Relabeling) nothingCaptured(re *syntax.Regexp, action relabel.Action) []validation.Finding {
	if re.MaxCap() > 0 {
		return nil
	}
	effect := fmt.Sprintf("the label %s is removed where it matches", r.TargetLabel)
	if action == relabel.LabelMap {
		effect = "no label is mapped"
	}
	return []validation.Finding{r.At("regex").Finding(
		fmt.Sprintf("the regex %s captures nothing, and the default replacement is $1: %s", inQuotes(r.Regex), effect),
		"put what to copy into parentheses, or set replacement", validation.Key(r.Regex, r.TargetLabel))}
}

// escapedReference is a reference with the dollar sign doubled.
var escapedReference = regexp.MustCompile(`\$\$(?:[0-9]|\{[0-9]+\})`)

func (r Relabeling) escaped() []validation.Finding {
	at := escapedReference.FindStringIndex(*r.Replacement)
	if at == nil {
		return nil
	}
	f := r.At("replacement").Finding("$$ is a dollar sign: the label gets the text "+inQuotes((*r.Replacement)[at[0]+1:at[1]]),
		"write one $ for what the regex captures", *r.Replacement)
	f.Excerpt = r.At("replacement").Excerpt(*r.Replacement, at[0], at[1])
	return []validation.Finding{f}
}
