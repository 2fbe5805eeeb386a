// Package fieldpath says where in an object something is: a path in steps, made in one
// way and never read back out of a text. It is a leaf: it imports nothing of promgate, and
// no client, network, file system or clock.
package fieldpath

import (
	"slices"
	"strconv"
	"strings"
)

// A Path leads from an object to one of its fields, a step at a time. The zero Path is the
// object itself. A Path does not change; paths below it share its steps, so that making one
// costs one small allocation. It may be used by several goroutines.
type Path struct{ last *node }

type node struct {
	parent *node
	step   Step
}

// A Step is one step of a Path.
type Step struct {
	Kind StepKind

	// Name is that of the field, the map's key, or the object.
	Name string

	// Index is the position in a list, from 0.
	Index int
}

// StepKind says what a step leads into.
type StepKind int

// The kinds of steps.
const (
	// Field is a field by its JSON name.
	Field StepKind = iota

	// Index is an entry of a list.
	Index

	// Key is a value of a map whose keys the user chooses: labels, params.
	Key

	// Object is the first step of a path into another object than the one that is looked
	// at, such as the Prometheus that selects it.
	Object
)

// New returns the path of a field of the object, by the names of the fields that lead to
// it: New("spec", "endpoints").
func New(names ...string) Path { return Path{}.Field(names...) }

// Into returns the root of paths into another object, which String names first: the path
// Into("Prometheus").Field("spec") is written "Prometheus spec".
func Into(object string) Path { return Path{}.append(Step{Kind: Object, Name: object}) }

// Field returns the path of a field below this one, by the names of the fields that lead
// to it.
func (p Path) Field(names ...string) Path {
	for _, name := range names {
		p = p.append(Step{Kind: Field, Name: name})
	}
	return p
}

// Index returns the path of an entry of the list that this path leads to.
func (p Path) Index(i int) Path { return p.append(Step{Kind: Index, Index: i}) }

// Key returns the path of a value of the map that this path leads to.
func (p Path) Key(key string) Path { return p.append(Step{Kind: Key, Name: key}) }

func (p Path) append(s Step) Path { return Path{&node{parent: p.last, step: s}} }

// Join returns the path that first follows p and then all steps of other.
func (p Path) Join(other Path) Path {
	for _, s := range other.Steps() {
		p = p.append(s)
	}
	return p
}

// Below returns the path from outer on. The path is within outer.
func (p Path) Below(outer Path) Path {
	var below Path
	for _, s := range p.Steps()[outer.Len():] {
		below = below.append(s)
	}
	return below
}

// IsZero reports whether the path leads nowhere: to the object itself.
func (p Path) IsZero() bool { return p.last == nil }

// Parent returns the path without its last step. That of the zero Path is itself.
func (p Path) Parent() Path {
	if p.last == nil {
		return p
	}
	return Path{p.last.parent}
}

// Len returns the number of steps.
func (p Path) Len() int {
	n := 0
	for s := p.last; s != nil; s = s.parent {
		n++
	}
	return n
}

// Steps returns the steps, the first one first.
func (p Path) Steps() []Step {
	steps := make([]Step, p.Len())
	for i, s := len(steps)-1, p.last; s != nil; i, s = i-1, s.parent {
		steps[i] = s.step
	}
	return steps
}

// Last returns the last step, and the zero Step of the zero Path.
func (p Path) Last() Step {
	if p.last == nil {
		return Step{}
	}
	return p.last.step
}

// LastField returns the name of the last field on the path, without the list entries and
// map keys below it: "relabelings" of spec.endpoints[0].relabelings[2].
func (p Path) LastField() string {
	for s := p.last; s != nil; s = s.parent {
		if s.step.Kind == Field {
			return s.step.Name
		}
	}
	return ""
}

// Equal reports whether both paths have the same steps.
func (p Path) Equal(other Path) bool { return sameNodes(p.last, other.last) }

func sameNodes(a, b *node) bool {
	for ; a != b; a, b = a.parent, b.parent {
		if a == nil || b == nil || a.step != b.step {
			return false
		}
	}
	return true
}

// Within reports whether the path is outer, or leads into it. Every path is within the
// zero Path.
func (p Path) Within(outer Path) bool {
	s := p.last
	for range p.Len() - outer.Len() {
		s = s.parent
	}
	return sameNodes(s, outer.last)
}

// Compare orders paths step by step: those above come before those below, and entries of
// a list by their position.
func (p Path) Compare(other Path) int {
	return slices.CompareFunc(p.Steps(), other.Steps(), Step.compare)
}

func (s Step) compare(other Step) int {
	if s.Kind != other.Kind {
		return int(s.Kind) - int(other.Kind)
	}
	if s.Index != other.Index {
		return s.Index - other.Index
	}
	return strings.Compare(s.Name, other.Name)
}

// String writes the path as kubectl explain does, with positions and keys in brackets:
// spec.groups[0].rules[1].labels[severity].
func (p Path) String() string { return p.write(true) }

// Shape writes the path with empty brackets for the positions in lists: two places of one
// shape differ in nothing but their positions. Use it to compare mistakes, not to show
// them.
func (p Path) Shape() string { return p.write(false) }

func (p Path) write(positions bool) string {
	var b strings.Builder
	separator := ""
	for _, s := range p.Steps() {
		switch {
		case s.Kind == Object:
			b.WriteString(s.Name)
			separator = " "
			continue
		case s.Kind == Key:
			b.WriteString("[" + s.Name + "]")
		case s.Kind == Index && positions:
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		case s.Kind == Index:
			b.WriteString("[]")
		default:
			b.WriteString(separator + s.Name)
		}
		separator = "."
	}
	return b.String()
}
