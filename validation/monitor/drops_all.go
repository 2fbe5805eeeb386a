package monitor

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/promgate/promgate/validation"
)

// metricRelabelingLists walks to the lists of relabelings of samples.
func metricRelabelingLists(o *Object) []Relabelings {
	var all []Relabelings
	for _, s := range o.Scrapes {
		all = append(all, s.MetricRelabelings)
	}
	return all
}

// targetRelabelingLists walks to the lists of relabelings of targets.
func targetRelabelingLists(o *Object) []Relabelings {
	var all []Relabelings
	for _, s := range o.Scrapes {
		all = append(all, s.Relabelings)
	}
	return all
}

// dropsAll finds the first relabeling that for certain leaves nothing of what goes
// through the list: samples, or targets. Essential are the labels without which nothing
// is left.
func dropsAll(list Relabelings, what string, essential []string) []validation.Finding {
	relabelings := list.Each()
	rewritten := lastWrites(relabelings, essential)
	named := list.Metric // a sample comes with a name, __name__
	for i, r := range relabelings {
		problem, fix := r.leavesNone(named, what)
		if problem == "" {
			gone := func(label string) bool { return rewritten[label] < i }
			if label := r.takesAway(those(essential, gone)); label != "" {
				problem, fix = r.lost(label, what)
			}
		}
		if problem != "" {
			return []validation.Finding{r.finding(problem, fix, r.content())}
		}
		named = named && !r.mayWrite(model.MetricNameLabel) && r.takesAway([]string{model.MetricNameLabel}) == ""
	}
	return nil
}

// lastWrites is for each label the last relabeling that may set it.
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

func those(names []string, wanted func(string) bool) []string {
	var chosen []string
	for _, name := range names {
		if wanted(name) {
			chosen = append(chosen, name)
		}
	}
	return chosen
}

// leavesNone says why a relabeling that chooses drops all there is. It is silent where
// that hangs on a value.
func (r Relabeling) leavesNone(named bool, what string) (problem, fix string) {
	re, err := parsed(r.pattern())
	if err != nil || validation.DefaultNoValueTexts().Has(r.Regex) {
		return "", ""
	}
	switch action, _ := r.action(); {
	case action == relabel.Drop:
		return r.dropsEach(re, named, what)
	case action == relabel.Keep:
		return r.keepsNone(re, what)
	case action == relabel.DropEqual && len(r.SourceLabels) == 1 && string(r.SourceLabels[0]) == r.TargetLabel:
		return fmt.Sprintf("%q compares the label %q with itself: every %s is dropped", r.named(), r.TargetLabel, what),
			"compare it with another label"
	}
	return "", ""
}

func (r Relabeling) dropsEach(re *syntax.Regexp, named bool, what string) (problem, fix string) {
	ofName := named && slices.Contains(r.SourceLabels, model.MetricNameLabel)
	switch {
	case r.Regex == "":
		return fmt.Sprintf("%q without a regex matches everything: every %s is dropped", r.named(), what),
			"write the values to drop as regex"
	case len(r.SourceLabels) == 0 && matchesEmpty(re):
		return fmt.Sprintf("%q without sourceLabels compares an empty text, which the regex %s matches: every %s is dropped", r.named(), quoted(r.Regex), what),
			"name the labels to look at in sourceLabels"
	case matchesAny(re), ofName && matchesFilled(re):
		return fmt.Sprintf("%q with the regex %s matches everything: every %s is dropped", r.named(), quoted(r.Regex), what),
			"write only the values to drop as regex"
	}
	return "", ""
}

func (r Relabeling) keepsNone(re *syntax.Regexp, what string) (problem, fix string) {
	switch {
	case len(r.SourceLabels) == 0 && !matchesEmpty(re):
		return fmt.Sprintf("%q without sourceLabels compares an empty text, which the regex %s does not match: every %s is dropped", r.named(), quoted(r.Regex), what),
			"name the labels to look at in sourceLabels"
	case len(r.SourceLabels) > 1 && lacksSeparator(re, r.separator()):
		return fmt.Sprintf("%q joins the values of %d labels with %q, which the regex %s never matches: every %s is dropped",
				r.named(), len(r.SourceLabels), r.separator(), quoted(r.Regex), what),
			fmt.Sprintf("write a regex for the joined text, such as a%sb", r.separator())
	}
	return "", ""
}

// lacksSeparator says that an expression matches no text that has the separator in it.
func lacksSeparator(re *syntax.Regexp, separator string) bool {
	for _, character := range separator {
		if matchesNoneWith(re, character) {
			return true
		}
	}
	return false
}

// takesAway is the first of some labels that the relabeling certainly deletes, or
// nothing.
func (r Relabeling) takesAway(names []string) string {
	return r.takesAwayWithin(maxCompiled, names)
}

// takesAwayWithin is takesAway with a limit on what is compiled. Beyond it nothing is certain.
func (r Relabeling) takesAwayWithin(most int, names []string) string {
	action, _ := r.action()
	if action != relabel.LabelDrop && action != relabel.LabelKeep {
		return ""
	}
	re, err := parsed(r.pattern())
	if err != nil || validation.DefaultNoValueTexts().Has(r.Regex) || compilesBeyond(most, re, r.Regex) {
		return ""
	}
	compiled, err := relabel.NewRegexp(r.pattern())
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

// maxCompiled is how many instructions an expression may have beyond those of its text for
// the checks to compile it. Usual expressions have hundreds.
const maxCompiled = 2000

// compilesBeyond reports whether an expression compiles to more instructions than most, and
// to more than its text explains.
func compilesBeyond(most int, re *syntax.Regexp, pattern string) bool {
	size := validation.RegexSize(re)
	return size > most && size > 2*len(pattern)
}

// mayWrite says whether the relabeling could set a label, or empty it.
func (r Relabeling) mayWrite(label string) bool {
	action, known := r.action()
	switch action {
	case relabel.Keep, relabel.Drop, relabel.KeepEqual, relabel.DropEqual, relabel.LabelDrop, relabel.LabelKeep:
		return false
	case relabel.Replace:
		return r.TargetLabel == label || strings.Contains(r.TargetLabel, "$")
	case relabel.HashMod, relabel.Lowercase, relabel.Uppercase:
		return r.TargetLabel == label
	case relabel.LabelMap:
		return true
	}
	return !known
}

// lost says what it means that a label is gone.
func (r Relabeling) lost(label, what string) (problem, fix string) {
	action, _ := r.action()
	switch {
	case r.Regex == "":
		return fmt.Sprintf("%q without a regex removes every label: no %s is left", r.named(), what), "write the names of the labels as regex"
	case action == relabel.LabelKeep:
		return fmt.Sprintf("%q with the regex %s removes the label %s, without which no %s is left", r.named(), quoted(r.Regex), label, what),
			fmt.Sprintf("let the regex match %s too", label)
	}
	return fmt.Sprintf("%q with the regex %s removes the label %s, without which no %s is left", r.named(), quoted(r.Regex), label, what),
		"write a regex that does not match " + label
}
