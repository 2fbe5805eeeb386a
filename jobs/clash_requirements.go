package jobs

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	operators "k8s.io/apimachinery/pkg/selection"
)

// pairOf returns the label and the value of a requirement that only one value meets.
func pairOf(r labels.Requirement) (key, value string, ok bool) {
	if operatorOf(r) != operators.In {
		return "", "", false
	}
	values := r.ValuesUnsorted()
	for _, v := range values[1:] {
		if v != values[0] {
			return "", "", false
		}
	}
	return r.Key(), values[0], true
}

// operatorOf returns the operator of a requirement, with one name for equal operators.
func operatorOf(r labels.Requirement) operators.Operator {
	switch o := r.Operator(); o {
	case operators.Equals, operators.DoubleEquals:
		return operators.In
	case operators.NotEquals:
		return operators.NotIn
	default:
		return o
	}
}

// among reports whether each requirement is one of the others.
func among(some, others labels.Requirements) bool {
	for _, r := range some {
		if !slices.ContainsFunc(others, func(other labels.Requirement) bool { return same(r, other) }) {
			return false
		}
	}
	return true
}

func same(a, b labels.Requirement) bool {
	if a.Key() != b.Key() || operatorOf(a) != operatorOf(b) {
		return false
	}
	return a.Equal(b) || slices.Equal(valuesOf(a), valuesOf(b))
}

func valuesOf(r labels.Requirement) []string {
	values := r.ValuesUnsorted()
	slices.Sort(values)
	return slices.Compact(values)
}

// satisfiable reports whether an object can meet all requirements.
func satisfiable(all labels.Requirements) bool {
	for i, r := range all {
		alone := true
		for j, other := range all {
			alone = alone && (i == j || r.Key() != other.Key())
		}
		// One requirement can always be met; several for one label may contradict each other.
		if !alone && !meetable(r.Key(), all) {
			return false
		}
	}
	return true
}

// meetable reports whether a label can meet all requirements for its key: by being absent, by one
// of the values that they name, or by another value.
func meetable(key string, all labels.Requirements) bool {
	candidates := []labels.Set{{}, {key: "another value"}}
	for _, r := range all {
		if r.Key() != key {
			continue
		}
		for _, value := range r.ValuesUnsorted() {
			candidates = append(candidates, labels.Set{key: value})
		}
	}
	return slices.ContainsFunc(candidates, func(s labels.Set) bool {
		for _, r := range all {
			if r.Key() == key && !r.Matches(s) {
				return false
			}
		}
		return true
	})
}
