package resultlabels

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// maxValues is how many values of a label are kept apart. A label with more has any value.
const maxValues = 64

// Value is what is known of the value of one label in all series of a result.
type Value struct {
	// MayLack reports whether a series may lack the label. If not, every series has it.
	MayLack bool
	// Known reports whether the label, where a series has it, has one of Values. Otherwise it has any value.
	Known bool
	// Values are the values that the label may have, sorted, without the empty one.
	Values []string
	// By is the node that gave the label, took it, or restricted its values. It is nil for a label
	// of which no node says anything.
	By parser.Node
}

// Impossible reports whether no series has the label.
func (v Value) Impossible() bool { return v.Known && v.MayLack && len(v.Values) == 0 }

// Guaranteed reports whether every series has the label.
func (v Value) Guaranteed() bool { return !v.MayLack }

// Admits reports whether a series may have the label with the value. The empty value asks whether it may
// lack the label.
func (v Value) Admits(value string) bool {
	if value == "" {
		return v.MayLack
	}
	return !v.Known || slices.Contains(v.Values, value)
}

// contradicts reports whether nothing can have the value.
func (v Value) contradicts() bool { return v.Known && !v.MayLack && len(v.Values) == 0 }

// anything is the value of a label of which nothing is known.
func anything() Value { return Value{MayLack: true} }

// lacking is the value of a label that a node has taken.
func lacking(by parser.Node) Value { return Value{MayLack: true, Known: true, By: by} }

// given is the value of a label that every series gets, with a value that is not known.
func given(by parser.Node) Value { return Value{By: by} }

// oneOf is the value of a label that has one of the values. The empty one means that it may be missing.
func oneOf(values []string, by parser.Node) Value {
	v := Value{Known: true, By: by}
	for _, value := range values {
		if value == "" {
			v.MayLack = true
		} else {
			v.Values = append(v.Values, value)
		}
	}
	slices.Sort(v.Values)
	v.Values = slices.Compact(v.Values)
	return v.bounded()
}

// all returns the values, with the empty one if the label may be missing. They are all there are only if the
// value is known.
func (v Value) all() []string {
	if !v.MayLack {
		return v.Values
	}
	return append(slices.Clone(v.Values), "")
}

func (v Value) bounded() Value {
	if len(v.Values) > maxValues {
		v.Known, v.Values = false, nil
	}
	return v
}

// both is the value of a label that is equal in two results, and by is the node that compares them.
func (v Value) both(w Value, by parser.Node) Value {
	switch {
	case v.Known && w.Known:
		out := Value{MayLack: v.MayLack && w.MayLack, Known: true, By: v.By}
		for _, value := range v.Values {
			if slices.Contains(w.Values, value) {
				out.Values = append(out.Values, value)
			}
		}
		if len(out.Values) < len(v.Values) || out.MayLack != v.MayLack {
			out.By = by
		}
		return out
	case w.Known:
		return Value{MayLack: v.MayLack && w.MayLack, Known: true, Values: w.Values, By: by}
	default:
		v.MayLack = v.MayLack && w.MayLack
		return v
	}
}

// either is the value of a label in the series of two results together.
func (v Value) either(w Value) Value {
	out := Value{MayLack: v.MayLack || w.MayLack, Known: v.Known && w.Known, By: v.By}
	if v.By != w.By && v.Impossible() {
		out.By = w.By
	}
	if out.Known {
		out.Values = append(slices.Clone(v.Values), w.Values...)
		slices.Sort(out.Values)
		out.Values = slices.Compact(out.Values)
	}
	return out.bounded()
}

func (v Value) orLacking() Value {
	v.MayLack = true
	return v
}
