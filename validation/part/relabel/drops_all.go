package relabel

import (
	"fmt"
	"regexp/syntax"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// dropsAll finds the first relabeling that certainly drops everything that goes through the
// list. What is the word for that: sample or target. Essential are the labels without which
// Prometheus drops one.
func dropsAll(list Relabelings, what string, essential []string) []validation.Finding {
	relabelings := list.Each()
	rewritten := lastWrites(relabelings, essential)
	named := list.Metric // a sample comes with a name, __name__
	known := list.known()
	for i, r := range relabelings {
		problem, fix := r.leavesNone(named, what)
		if problem == "" {
			gone := func(label string) bool { return rewritten[label] < i }
			if label := r.takesAway(chosenNames(essential, gone)); label != "" {
				problem, fix = r.lost(label, what)
			}
		}
		if problem == "" {
			problem, fix = list.dropsKnown(r, known, what)
		}
		if problem == "" {
			gone := func(label string) bool { return rewritten[label] == i && known.AbsentHere(label) }
			if emptied := chosenNames(essential, gone); len(emptied) > 0 {
				problem = fmt.Sprintf("it leaves the label %s empty, without which no %s is left", emptied[0], what)
				fix = "set the label to a text that is not empty"
			}
		}
		if problem != "" {
			return []validation.Finding{r.Finding(problem, fix, r.content())}
		}
		named = named && !r.mayWrite(model.MetricNameLabel) && r.takesAway([]string{model.MetricNameLabel}) == ""
	}
	return nil
}

// lastWrites returns for each label the index of the last relabeling that may set it, or -1.
func lastWrites(list []Relabeling, names []string) map[string]int {
	last := map[string]int{}
	for _, label := range names {
		last[label] = -1
		for i, r := range list {
			if r.mayWrite(label) {
				last[label] = i
			}
		}
	}
	return last
}

func chosenNames(names []string, wanted func(string) bool) []string {
	var chosen []string
	for _, name := range names {
		if wanted(name) {
			chosen = append(chosen, name)
		}
	}
	return chosen
}

// leavesNone returns why a relabeling that keeps or drops certainly drops everything, and how
// to mend it. It returns nothing where that depends on a value.
func (r Relabeling) leavesNone(named bool, what string) (problem, fix string) {
	re, err := relabeling.ParseRegex(r.Pattern())
	if err != nil || relabeling.DefaultNoValueTexts().Has(r.Regex) {
		return "", ""
	}
	switch action, _ := r.action(); {
	case action == relabel.Drop:
		return r.dropsEach(re, named, what)
	case action == relabel.Keep:
		return r.keepsNone(re, what)
	case action == relabel.DropEqual && len(r.SourceLabels) == 1 && string(r.SourceLabels[0]) == r.TargetLabel:
		return fmt.Sprintf("%q compares the label %q with itself: every %s is dropped", r.ActionName(), r.TargetLabel, what),
			"compare it with another label"
	}
	return "", ""
}

func (r Relabeling) dropsEach(re *syntax.Regexp, named bool, what string) (problem, fix string) {
	ofName := named && slices.Contains(r.SourceLabels, model.MetricNameLabel)
	switch {
	case r.Regex == "":
		return fmt.Sprintf("%q without a regex matches everything: every %s is dropped", r.ActionName(), what),
			"write the values to drop as regex"
	case len(r.SourceLabels) == 0 && relabeling.MatchesEmpty(re):
		return fmt.Sprintf("%q without sourceLabels compares an empty text, which the regex %s matches: every %s is dropped", r.ActionName(), inQuotes(r.Regex), what),
			"name the labels to look at in sourceLabels"
	case relabeling.MatchesAny(re), ofName && relabeling.MatchesFilled(re):
		return fmt.Sprintf("%q with the regex %s matches everything: every %s is dropped", r.ActionName(), inQuotes(r.Regex), what),
			"write only the values to drop as regex"
	}
	return "", ""
}

func (r Relabeling) keepsNone(re *syntax.Regexp, what string) (problem, fix string) {
	switch {
	case len(r.SourceLabels) == 0 && !relabeling.MatchesEmpty(re):
		return fmt.Sprintf("%q without sourceLabels compares an empty text, which the regex %s does not match: every %s is dropped", r.ActionName(), inQuotes(r.Regex), what),
			"name the labels to look at in sourceLabels"
	case len(r.SourceLabels) > 1 && lacksSeparator(re, r.SeparatorText()):
		return fmt.Sprintf("%q joins the values of %d labels with %q, which the regex %s never matches: every %s is dropped",
				r.ActionName(), len(r.SourceLabels), r.SeparatorText(), inQuotes(r.Regex), what),
			fmt.Sprintf("write a regex for the joined text, such as a%sb", r.SeparatorText())
	}
	return "", ""
}

// lacksSeparator reports whether an expression matches no text with the separator in it.
func lacksSeparator(re *syntax.Regexp, separator string) bool {
	for _, character := range separator {
		if relabeling.MatchesNoneWith(re, character) {
			return true
		}
	}
	return false
}

// takesAway returns the first of some labels that the relabeling certainly deletes, or
// nothing.
func (r Relabeling) takesAway(names []string) string {
	action, _ := r.action()
	if action != relabel.LabelDrop && action != relabel.LabelKeep {
		return ""
	}
	compiled, err := relabeling.CompileRegex(r.Pattern())
	if err != nil {
		return ""
	}
	for _, name := range names {
		if compiled.MatchString(name) == (action == relabel.LabelDrop) {
			return name
		}
	}
	return ""
}

// mayWrite says whether the relabeling could set a label, or empty it.
func (r Relabeling) mayWrite(label string) bool {
	return relabeling.MaySet(&r.RelabelConfig, label)
}

// lost returns what the loss of a label does, and how to mend it.
func (r Relabeling) lost(label, what string) (problem, fix string) {
	action, _ := r.action()
	switch {
	case r.Regex == "":
		return fmt.Sprintf("%q without a regex removes every label: no %s is left", r.ActionName(), what), "write the names of the labels as regex"
	case action == relabel.LabelKeep:
		return fmt.Sprintf("%q with the regex %s removes the label %s, without which no %s is left", r.ActionName(), inQuotes(r.Regex), label, what),
			fmt.Sprintf("let the regex match %s too", label)
	}
	return fmt.Sprintf("%q with the regex %s removes the label %s, without which no %s is left", r.ActionName(), inQuotes(r.Regex), label, what),
		"write a regex that does not match " + label
}
