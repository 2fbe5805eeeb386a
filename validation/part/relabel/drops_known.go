package relabel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// dropsKnown applies a relabeling to what is known, and returns why it drops everything, if it
// certainly does, and how to mend it.
func (r Relabelings) dropsKnown(one Relabeling, known *relabeling.Known, what string) (problem, fix string) {
	before := one.values(known)
	why, mend := r.absentSource(one, known)
	if known.Apply(&one.RelabelConfig) != relabeling.Drops {
		return "", ""
	}
	if why != "" {
		return fmt.Sprintf("%s: every %s is dropped", why, what), mend
	}
	return fmt.Sprintf("%q drops every %s, since %s here", one.ActionName(), what, before), "compare with a value that the label can have"
}

// absentSource says of a source label that nothing has it.
func (r Relabelings) absentSource(one Relabeling, known *relabeling.Known) (why, fix string) {
	for _, name := range one.reads() {
		if !known.NeverSet(name) {
			continue
		}
		if why, fix = r.whyAbsent(name, false); why != "" {
			return fmt.Sprintf("%q reads the label %s, %s", one.ActionName(), name, why), fix
		}
	}
	return "", ""
}

// reads returns the labels that the relabeling compares or copies, each once.
func (r Relabeling) reads() []string {
	var names []string
	for _, l := range r.SourceLabels {
		names = append(names, string(l))
	}
	if action, _ := r.action(); action == relabel.KeepEqual || action == relabel.DropEqual {
		names = append(names, r.TargetLabel)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// values lists the values of the labels that a relabeling reads: the label a is "b" or "c".
func (r Relabeling) values(known *relabeling.Known) string {
	var labels []string
	for _, name := range r.reads() {
		values, _ := known.Of(name)
		if len(values) == 0 {
			continue
		}
		label := fmt.Sprintf("the label %s is %s", name, validation.Quoted(values, " or "))
		if len(values) == 1 && values[0] == "" {
			label = fmt.Sprintf("the label %s is empty", name)
		}
		labels = append(labels, label)
	}
	return strings.Join(labels, " and ")
}
