// Package change has the checks on what an update does to other objects: the update of an instance, or of the labels of
// a namespace. They look only at the snapshot, so that they are checks on objects of any type.
package change

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/selection"
	"github.com/promgate/promgate/validation"
)

// Denying returns the checks that deny, about the part of the object at a place that decides what is selected.
func Denying[T any](at validation.Place) []validation.Check[T] {
	return []validation.Check[T]{selectionLostMany[T](at)}
}

// Warning returns the checks that warn.
func Warning[T any](at validation.Place) []validation.Check[T] {
	return []validation.Check[T]{selectionLost[T](at), selectionClash[T](at), selectionRefused[T](at)}
}

// subject returns how a message names an instance: it is the object itself, or one of those that select in the namespace.
func subject(s validation.Snapshot, instance selection.Ref) string {
	if s.ChangesItself {
		return "it"
	}
	return instance.String()
}

// counted returns the number of objects, by kind: 3 ServiceMonitors and 1 Probe.
func counted(refs []selection.Ref) string {
	count := map[string]int{}
	for _, r := range refs {
		count[r.Kind]++
	}
	var parts []string
	for _, k := range selection.AllKinds() {
		n := count[k.Kind]
		delete(count, k.Kind) // a kind may be in several versions
		switch n {
		case 0:
		case 1:
			parts = append(parts, "1 "+k.Kind)
		default:
			parts = append(parts, fmt.Sprintf("%d %ss", n, k.Kind))
		}
	}
	return strings.Join(parts, " and ")
}

// maxNamed is how many objects a message names.
const maxNamed = 5

func someOf(refs []selection.Ref) string {
	var names []string
	for _, r := range refs[:min(len(refs), maxNamed)] {
		names = append(names, r.Path())
	}
	text := strings.Join(names, ", ")
	if more := len(refs) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func keyOf(instance selection.Ref, refs []selection.Ref) string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.String()
	}
	return validation.Key(instance.String(), strings.Join(names, " "))
}

// numberLost returns how many objects at least one instance lets go of.
func numberLost(changes []jobs.Change) int {
	lost := map[selection.Ref]bool{}
	for i := range changes {
		for _, ref := range changes[i].Lost {
			lost[ref] = true
		}
	}
	return len(lost)
}
