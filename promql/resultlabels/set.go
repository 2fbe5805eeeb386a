package resultlabels

import (
	"cmp"
	"iter"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// A Set is what is known of the labels of all series of a result.
type Set struct {
	labels []label // sorted by name
	rest   Value   // of each other label; a series may lack it
	none   *Contradiction
	in     *memory // for the labels of sets made of this one
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

func (s Set) find(name string) (int, bool) { return find(s.labels, name) }

// find is slices.BinarySearchFunc without calls of functions: it is most of what the package does.
func find(sorted []label, name string) (int, bool) {
	from, to := 0, len(sorted)
	for from < to {
		if middle := (from + to) / 2; sorted[middle].name < name {
			from = middle + 1
		} else {
			to = middle
		}
	}
	return from, from < len(sorted) && sorted[from].name == name
}

// unknown is a result of which nothing is known.
func unknown() Set { return Set{rest: anything()} }

// noLabels is a result without labels.
func noLabels(by parser.Node) Set { return Set{rest: lacking(by)} }

// with returns the set with another value of some labels.
func (s Set) with(value Value, names ...string) Set {
	s = s.clone(len(names))
	for _, name := range names {
		s = s.set(name, value)
	}
	return s
}

// clone returns an equal set, which may be set a number of new labels.
func (s Set) clone(more int) Set {
	s.labels = append(s.in.labels(len(s.labels)+more), s.labels...)
	return s
}

// set changes the labels of a set that nobody else has yet.
func (s Set) set(name string, value Value) Set {
	i, ok := s.find(name)
	if ok {
		s.labels[i].value = value
	} else {
		s.labels = slices.Insert(s.labels, i, label{name, value})
	}
	return s
}

// naming returns the set with entries of their own for some labels.
func (s Set) naming(names ...string) Set {
	isClone := false
	for i, name := range names {
		if _, ok := s.find(name); ok {
			continue
		}
		if !isClone {
			s, isClone = s.clone(len(names)-i), true
		}
		s = s.set(name, s.rest)
	}
	return s
}

// only returns the set with these labels alone: all others are taken.
func (s Set) only(names []string, by parser.Node) Set {
	out := Set{labels: s.in.labels(len(names)), rest: lacking(by), none: s.none, in: s.in}
	for _, name := range names {
		if i, ok := out.find(name); !ok {
			out.labels = slices.Insert(out.labels, i, label{name, s.Label(name)})
		}
	}
	return out
}

// combine returns a set in which each label is made of its values in two sets. The empty name stands for all
// labels of which nothing is known.
// There is room to set more labels.
func combine(s, t Set, more int, merge func(name string, a, b Value) Value) Set {
	in := cmp.Or(s.in, t.in)
	eachOf(s, t, func(string, Value, Value) { more++ })
	out := Set{labels: in.labels(more), rest: merge("", s.rest, t.rest), in: in}
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
