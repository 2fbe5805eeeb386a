package part

import (
	"fmt"
	"maps"
	"slices"

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
		Text: `No object can match the selector, so that nothing is ever scraped. Two parts of it contradict each other:
` + "`In`" + ` lists without a common value, ` + "`In`" + ` and ` + "`NotIn`" + ` with the same values, ` + "`Exists`" + ` and ` + "`DoesNotExist`" + `.

The two parts may also be about different labels. The operator turns the selector into relabelings on
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
