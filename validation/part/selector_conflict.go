package part

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"

	"github.com/promgate/promgate/relabeling"
	"github.com/promgate/promgate/validation"
)

// SelectorConflict is the check selector-conflict.
var SelectorConflict = validation.Check[LabelSelector]{
	ID: "selector-conflict", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A label selector matches nothing",
		Text: `No object can match the selector, so that nothing is ever scraped. Parts of it contradict each other:
` + "`In`" + ` lists without a common value, ` + "`In`" + ` with values that one or several ` + "`NotIn`" + ` exclude, ` + "`Exists`" + ` and ` + "`DoesNotExist`" + `.

The parts may also be about different labels. The operator turns the selector into relabelings on
` + "`__meta_`" + ` labels, in whose names each character other than a letter, a digit and ` + "`_`" + ` is a ` + "`_`" + `. The labels
` + "`example.org/security-group`" + ` and ` + "`example.org/security_group`" + ` of an object become one, which has one of
the two values, and the relabelings ask for both values.

Select by one of the labels, or set ` + "`selectorMechanism: RoleSelector`" + `: then the API server compares the
labels themselves (from Prometheus 2.17 on; not in a Probe).`,
		Since: "v0.1.0",
	},
	Run: func(s LabelSelector, _ validation.Snapshot) []validation.Finding {
		if len(s.unreadable("")) > 0 {
			return nil // another check reports it
		}
		byName := map[string][]demand{}
		for _, d := range s.demands() {
			name := d.key
			if !s.ByAPIServer {
				name = relabeling.SanitizeLabelName(d.key)
			}
			byName[name] = append(byName[name], d)
		}
		var found []validation.Finding
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			if a, b, conflict := firstConflict(byName[name]); conflict {
				found = append(found, s.conflict(name, a, b))
			} else if all := jointConflict(byName[name]); len(all) > 0 {
				found = append(found, s.joint(name, all))
			}
		}
		return found
	},
}

// A demand is what one part of a selector demands of a label.
type demand struct {
	validation.Place

	key      string
	operator metav1.LabelSelectorOperator
	values   []string
}

func (s LabelSelector) demands() []demand {
	var all []demand
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		at := s.At("matchLabels").AtKey(key)
		all = append(all, demand{at, key, metav1.LabelSelectorOpIn, []string{s.MatchLabels[key]}})
	}
	for i, e := range s.MatchExpressions {
		all = append(all, demand{s.At("matchExpressions").Index(i), e.Key, e.Operator, e.Values})
	}
	return all
}

// maxDemands is the number of demands on one label that are compared with each other.
const maxDemands = 20

// firstConflict returns the first demand that no label meets together with those before it, and the
// one before it that it contradicts.
func firstConflict(all []demand) (before, d demand, conflict bool) {
	for i, d := range all[:min(len(all), maxDemands)] {
		for _, other := range all[:i] {
			if d.contradicts(other) || other.contradicts(d) {
				return other, d, true
			}
		}
	}
	return demand{}, demand{}, false
}

// jointConflict returns the demands that together leave no value of a label, though each two of them
// do: In with a and b, NotIn with a, and NotIn with b. It returns none if a value is left.
func jointConflict(all []demand) []demand {
	var left sets.Set[string]
	used := map[int]bool{}
	for i, d := range all[:min(len(all), maxDemands)] {
		if d.operator != metav1.LabelSelectorOpIn {
			continue
		}
		values := sets.New(d.values...)
		if left != nil {
			values = values.Intersection(left)
		}
		used[i] = left == nil || values.Len() < left.Len()
		left = values
	}
	if left == nil {
		return nil // any value that no NotIn names, or no label at all
	}
	for i, d := range all[:min(len(all), maxDemands)] {
		if d.operator == metav1.LabelSelectorOpNotIn && left.HasAny(d.values...) {
			used[i] = true
			left = left.Difference(sets.New(d.values...))
		}
	}
	if left.Len() > 0 {
		return nil
	}
	var conflict []demand
	for i, d := range all {
		if used[i] {
			conflict = append(conflict, d)
		}
	}
	return conflict
}

// contradicts reports whether no label can meet both demands.
func (d demand) contradicts(other demand) bool {
	needsLabel := other.operator == metav1.LabelSelectorOpIn || other.operator == metav1.LabelSelectorOpExists
	switch d.operator {
	case metav1.LabelSelectorOpDoesNotExist:
		return needsLabel
	case metav1.LabelSelectorOpIn:
		others := sets.New(other.values...)
		switch other.operator {
		case metav1.LabelSelectorOpIn:
			return !others.HasAny(d.values...)
		case metav1.LabelSelectorOpNotIn:
			return others.HasAll(d.values...)
		}
	}
	return false
}

func (s LabelSelector) conflict(name string, a, b demand) validation.Finding {
	key := validation.Key(a.key, b.key)
	if a.key == b.key {
		return b.Finding(fmt.Sprintf("the label %q cannot be both %s and %s: nothing matches, and nothing is ever scraped", a.key, a.words(), b.words()),
			"remove one of the two", key)
	}
	return b.Finding(fmt.Sprintf("the labels %q and %q become one meta label, ...%s, which cannot be both %s and %s: nothing is ever scraped", a.key, b.key, name, a.words(), b.words()),
		"select by one of the two labels", key)
}

func (s LabelSelector) joint(name string, all []demand) validation.Finding {
	var words, keys []string
	last := all[len(all)-1]
	slices.SortStableFunc(all, func(a, b demand) int { return strings.Compare(string(a.operator), string(b.operator)) }) // In before NotIn
	for _, d := range all {
		words = append(words, d.words())
		if !slices.Contains(keys, d.key) {
			keys = append(keys, d.key)
		}
	}
	together := strings.Join(words, " and ")
	if len(keys) == 1 {
		return last.Finding(fmt.Sprintf("no value of the label %q is %s: nothing matches, and nothing is ever scraped", last.key, together),
			"remove one of them", validation.Key(last.key, together))
	}
	return last.Finding(fmt.Sprintf("the labels %s become one meta label, ...%s, of which no value is %s: nothing is ever scraped", validation.Quoted(keys, " and "), name, together),
		"select by one of the labels", validation.Key(append(keys, together)...))
}

// words completes the sentence: the label cannot be ... .
func (d demand) words() string {
	switch d.operator {
	case metav1.LabelSelectorOpExists:
		return "present"
	case metav1.LabelSelectorOpDoesNotExist:
		return "absent"
	}
	texts := validation.Quoted(d.values, ", ")
	if d.operator == metav1.LabelSelectorOpNotIn {
		return "none of " + texts
	}
	if len(d.values) > 1 {
		return "one of " + texts
	}
	return texts
}
