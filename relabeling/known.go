package relabeling

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// An Outcome is what a relabeling does to all targets, or all samples, that reach it.
type Outcome int

// The outcomes. Uncertain means that it depends on a value that is not known.
const (
	Uncertain Outcome = iota
	Passes
	Drops
)

// Known is what is certain about the labels of all targets, or all samples, at a point in a list
// of relabelings. [Known.Apply] moves it behind the next relabeling: Prometheus' own code runs
// with each combination of the values that its source labels can have.
type Known struct {
	// Absent reports whether nothing has a label of that name at the start. It may be nil.
	Absent func(name string) bool

	// Values are the values that labels can have at the start. An absent label has the value "".
	Values map[string][]string

	steps []step
}

// A step is a relabeling that was applied. After it each label of after has one of these values.
type step struct {
	relabeling monitoringv1.RelabelConfig
	config     *relabel.Config // nil if nothing is certain about the relabeling
	after      map[string][]string
	breaksOut  bool // a labelmap may set any label
}

// maySet is [MaySet], without parsing the regular expression of a labelmap for each label.
func (s *step) maySet(name string) bool {
	if s.config.Action == relabel.LabelMap {
		return s.breaksOut || mayExpandTo(ReplacementOf(&s.relabeling), name)
	}
	return MaySet(&s.relabeling, name)
}

const (
	// maxSteps is the number of relabelings of which the effect is known. No list that someone
	// wrote is longer, and looking up a label costs as many steps as there are.
	maxSteps = 200

	// maxCombinations is the number of combinations of values with which a relabeling is run.
	maxCombinations = 64

	// maxSources is the number of source labels up to which a relabeling is run.
	maxSources = 16
)

// Of returns the values that a label can have, and whether they are known. The value of an absent
// label is "".
func (k *Known) Of(name string) (values []string, known bool) {
	for _, s := range slices.Backward(k.steps) {
		if values, known = s.after[name]; known {
			return values, true
		}
		if s.config == nil || s.maySet(name) {
			return nil, false
		}
		switch s.config.Action {
		case relabel.LabelDrop, relabel.LabelKeep:
			if s.config.Regex.MatchString(name) == (s.config.Action == relabel.LabelDrop) {
				return []string{""}, true
			}
		}
	}
	if values, known = k.Values[name]; known {
		return values, true
	}
	if k.Absent != nil && k.Absent(name) {
		return []string{""}, true
	}
	return nil, false
}

// AbsentHere reports whether certainly nothing has a label of that name here.
func (k *Known) AbsentHere(name string) bool {
	values, known := k.Of(name)
	return known && len(values) == 1 && values[0] == ""
}

// NeverSet reports whether certainly nothing had a label of that name at the start, and no
// relabeling so far may have set it.
func (k *Known) NeverSet(name string) bool {
	if k.Absent == nil || !k.Absent(name) || len(k.steps) > maxSteps {
		return false
	}
	return !slices.ContainsFunc(k.steps, func(s step) bool { return s.config == nil || s.maySet(name) })
}

// Apply returns what the next relabeling does.
func (k *Known) Apply(r *monitoringv1.RelabelConfig) Outcome {
	s := step{relabeling: *r, after: map[string][]string{}}
	outcome := Uncertain
	if len(k.steps) < maxSteps {
		s.config, _ = configOf(r) // nothing is certain of what Prometheus refuses
	}
	if s.config != nil {
		s.breaksOut = s.config.Action == relabel.LabelMap && breaksOut(r)
		outcome = k.run(&s)
	}
	if len(k.steps) <= maxSteps {
		k.steps = append(k.steps, s)
	}
	return outcome
}

func (k *Known) run(s *step) Outcome {
	c := s.config
	filters := Filters(&s.relabeling)
	switch {
	case c.Action == relabel.LabelDrop, c.Action == relabel.LabelKeep, c.Action == relabel.LabelMap:
		return Passes // Of looks at their regular expressions
	case !filters && strings.Contains(c.TargetLabel, "$"):
		return Passes
	}
	combinations, known := k.combinations(s.reads())
	switch {
	case !known && filters:
		s.narrow()
		return Uncertain
	case !known:
		s.setAlways()
		return Passes
	case filters:
		return s.filter(combinations)
	}
	s.set(combinations, k)
	return Passes
}

// reads returns the labels that the relabeling compares or copies.
func (s *step) reads() []string {
	var names []string
	for _, l := range s.config.SourceLabels {
		names = append(names, string(l))
	}
	if s.config.Action == relabel.KeepEqual || s.config.Action == relabel.DropEqual {
		names = append(names, s.config.TargetLabel)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// combinations returns all combinations of the values of some labels.
func (k *Known) combinations(names []string) (all []map[string]string, known bool) {
	if len(names) > maxSources {
		return nil, false
	}
	all = []map[string]string{{}}
	for _, name := range names {
		values, known := k.Of(name)
		if !known || len(all)*len(values) > maxCombinations {
			return nil, false
		}
		var more []map[string]string
		for _, c := range all {
			for _, v := range values {
				with := map[string]string{name: v}
				maps.Copy(with, c)
				more = append(more, with)
			}
		}
		all = more
	}
	return all, true
}

// filter returns what a relabeling does that keeps or drops, and notes which values are left.
func (s *step) filter(combinations []map[string]string) Outcome {
	var kept []map[string]string
	for _, c := range combinations {
		if relabel.ProcessBuilder(labels.NewBuilder(labels.FromMap(c)), s.config) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return Drops
	}
	for name := range kept[0] {
		for _, c := range kept {
			s.after[name] = appendNew(s.after[name], c[name])
		}
	}
	if len(kept) < len(combinations) {
		return Uncertain
	}
	return Passes
}

// notSet is the value of a target label that is not known, which tells whether it was set.
const notSet = "\x00"

// set notes the values that a label can have after it was set.
func (s *step) set(combinations []map[string]string, k *Known) {
	target := s.config.TargetLabel
	before, known := k.Of(target)
	if !known {
		before = []string{notSet}
	}
	var after []string
	for _, c := range combinations {
		olds := before
		if own, isSource := c[target]; isSource {
			olds = []string{own}
		}
		for _, old := range olds {
			b := labels.NewBuilder(labels.FromMap(c))
			b.Set(target, old)
			relabel.ProcessBuilder(b, s.config)
			after = appendNew(after, b.Get(target))
		}
	}
	if !slices.Contains(after, notSet) && len(after) <= maxCombinations {
		s.after[target] = after
	}
}

// setAlways notes the value of a label that is set to a constant, whatever the source labels are.
func (s *step) setAlways() {
	c := s.config
	if c.Action == relabel.Replace && MatchesAll(&s.relabeling) && !strings.Contains(c.Replacement, "$") {
		s.after[c.TargetLabel] = []string{c.Replacement}
	}
}

// narrow notes the values of a label that is kept only with some values.
func (s *step) narrow() {
	if s.config.Action != relabel.Keep || len(s.config.SourceLabels) != 1 {
		return
	}
	if values, ok := Literals(s.relabeling.Regex); ok {
		s.after[string(s.config.SourceLabels[0])] = values
	}
}

// Literals returns the texts that a regular expression matches if it is a list of texts, such as
// a|b or (a|b).
func Literals(pattern string) (texts []string, ok bool) {
	if inner, opened := strings.CutPrefix(pattern, "("); opened && strings.HasSuffix(inner, ")") {
		pattern = strings.TrimSuffix(inner, ")")
	}
	if pattern == "" || noValueTexts.Has(pattern) {
		return nil, false
	}
	texts = strings.Split(pattern, "|")
	for _, text := range texts {
		if regexp.QuoteMeta(text) != text {
			return nil, false
		}
	}
	return texts, len(texts) <= maxCombinations
}

func appendNew(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	return append(list, value)
}
