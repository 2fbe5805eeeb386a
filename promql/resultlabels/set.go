package resultlabels

import (
	"iter"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// A Set is what is known of the labels of all series of a result.
type Set struct {
	labels []label // sorted by name
	rest   Value   // of each other label; a series may lack it
	none   *Contradiction
}

type label struct {
	name  string
	value Value
}

// A Contradiction is the reason why a result has no series: a label would have to be what it
// cannot be.
type Contradiction struct {
	// By is the node: a selector whose matchers exclude each other, or an operation on two vectors.
	By parser.Expr
	// Label is the label's name.
	Label string
	// Left and Right are the label in the operands of an operation.
	Left, Right Value
}

// Label returns what is known of one label. Of a result without series any statement is true.
func (s Set) Label(name string) Value {
	if i, ok := s.find(name); ok {
		return s.labels[i].value
	}
	return s.rest
}

// Named returns the labels of which more is known than of Others, sorted.
func (s Set) Named() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, l := range s.labels {
			if !yield(l.name, l.value) {
				return
			}
		}
	}
}

// Others returns what is known of all labels that are not among Named: either nothing, or that there
// are none, and which node took them.
func (s Set) Others() Value { return s.rest }

// None returns the reason why the result certainly has no series, or nil.
func (s Set) None() *Contradiction { return s.none }

func (s Set) find(name string) (int, bool) {
	return slices.BinarySearchFunc(s.labels, name, func(l label, name string) int { return strings.Compare(l.name, name) })
}

// unknown is a result of which nothing is known.
func unknown() Set { return Set{rest: anything()} }

// noLabels is a result without labels.
func noLabels(by parser.Node) Set { return Set{rest: lacking(by)} }

// with returns the set with another value of some labels.
func (s Set) with(value Value, names ...string) Set {
	s.labels = append(make([]label, 0, len(s.labels)+len(names)), s.labels...)
	for _, name := range names {
		i, ok := s.find(name)
		if ok {
			s.labels[i].value = value
		} else {
			s.labels = slices.Insert(s.labels, i, label{name, value})
		}
	}
	return s
}

// naming returns the set with entries of their own for some labels.
func (s Set) naming(names ...string) Set {
	s.labels = append(make([]label, 0, len(s.labels)+len(names)), s.labels...)
	for _, name := range names {
		if i, ok := s.find(name); !ok {
			s.labels = slices.Insert(s.labels, i, label{name, s.rest})
		}
	}
	return s
}

// only returns the set with these labels alone: all others are taken.
func (s Set) only(names []string, by parser.Node) Set {
	out := Set{labels: make([]label, 0, len(names)), rest: lacking(by), none: s.none}
	for _, name := range names {
		if i, ok := out.find(name); !ok {
			out.labels = slices.Insert(out.labels, i, label{name, s.Label(name)})
		}
	}
	return out
}

// combine returns a set in which each label is made of its values in two sets. The empty name stands for all
// labels of which nothing is known.
func combine(s, t Set, merge func(name string, a, b Value) Value) Set {
	out := Set{labels: make([]label, 0, len(s.labels)+len(t.labels)), rest: merge("", s.rest, t.rest)}
	eachOf(s, t, func(name string, a, b Value) {
		out.labels = append(out.labels, label{name, merge(name, a, b)})
	})
	return out
}

// eachOf calls visit for each label of which more is known in either of two sets, sorted by name.
func eachOf(s, t Set, visit func(name string, a, b Value)) {
	i, j := 0, 0
	for i < len(s.labels) || j < len(t.labels) {
		switch {
		case j == len(t.labels) || i < len(s.labels) && s.labels[i].name < t.labels[j].name:
			visit(s.labels[i].name, s.labels[i].value, t.rest)
			i++
		case i == len(s.labels) || s.labels[i].name > t.labels[j].name:
			visit(t.labels[j].name, s.rest, t.labels[j].value)
			j++
		default:
			visit(s.labels[i].name, s.labels[i].value, t.labels[j].value)
			i++
			j++
		}
	}
}
