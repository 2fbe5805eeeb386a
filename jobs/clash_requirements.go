package jobs

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	operators "k8s.io/apimachinery/pkg/selection"
)

// pairOf is the label that a requirement asks for, if there is only one that meets it.
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

// operatorOf is the operator, with one name for those that mean the same.
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

// among says whether each requirement is one of the others.
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

// satisfiable says whether there can be an object that meets all requirements.
func satisfiable(all labels.Requirements) bool {
	for i, r := range all {
		alone := true
		for j, other := range all {
			alone = alone && (i == j || r.Key() != other.Key())
		}
		// Each requirement can be met; only several of one label may contradict each other.
		if !alone && !meetable(r.Key(), all) {
			return false
		}
	}
	return true
}

// meetable says whether a label can meet all requirements of its key: if it is absent,
// or has one of the values that they name, or another.
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
