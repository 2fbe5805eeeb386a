package alertpath

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"
)

// Labels is what is known of the labels of all alerts of a rule. It does not change.
type Labels struct {
	values map[string][]string
	rest   bool

	// after replaces values, behind relabelings.
	after func(name string) (values []string, known bool)
}

// Anything returns the labels of an alert of which nothing is known.
func Anything() Labels { return Labels{values: map[string][]string{}, rest: true} }

// Of returns the values that a label can have, and whether they are known. The value of a missing label is "".
func (l Labels) Of(name string) (values []string, known bool) {
	if l.after != nil {
		return l.after(name)
	}
	values, named := l.values[name]
	if !named && !l.rest {
		return []string{""}, true
	}
	return values, values != nil
}

// Names returns the labels that are named: those of the rule, those that its expression names, and those that are set
// later. Others returns whether the alert may have more.
func (l Labels) Names() []string { return slices.Sorted(maps.Keys(l.values)) }

// Others reports whether the alert may have labels that are not named.
func (l Labels) Others() bool { return l.rest }

// Certain returns the labels that every alert has with one value.
func (l Labels) Certain() model.LabelSet {
	set := model.LabelSet{}
	for _, name := range l.Names() {
		if values, known := l.Of(name); known && len(values) == 1 && values[0] != "" {
			set[model.LabelName(name)] = model.LabelValue(values[0])
		}
	}
	return set
}

// Open returns the named labels that have one of several values, or any, or that an alert may lack.
func (l Labels) Open() []string {
	var names []string
	for _, name := range l.Names() {
		if values, known := l.Of(name); !known || len(values) > 1 {
			names = append(names, name)
		}
	}
	return names
}

// with returns the labels with other values of one label. Nil means any value, or none.
func (l Labels) with(name string, values []string) Labels {
	l.values = maps.Clone(l.values)
	l.values[name] = values
	return l
}
