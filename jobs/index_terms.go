package jobs

import (
	"hash/maphash"
	"iter"
	"slices"
)

// An id is the place of a Service or of a monitor in the list of those.
type id uint32

// A term is a key of the index: the ids of all objects that have it are in one list.
type term struct {
	about about

	// scope is a namespace, or one of the scopes below.
	scope string

	// key and value are a label and its value, or what about requires.
	key, value string

	// shape is the hash of what claims must have in common to clash at all. It keeps monitors
	// that select one Service with different params in different lists.
	shape uint64
}

// anyShape is in the terms of all claims, whatever their shape.
const anyShape = 0

// about is the subject of a term.
type about byte

const (
	aboutName     about = iota // the object of this name; Services also in any namespace
	aboutMembers               // all of a namespace
	aboutLabels                // Services with this label; with key empty all Services
	aboutStatic                // claims on this static target
	aboutServices              // claims on Services: see one and each
	aboutPods                  // claims on Pods
	aboutJob                   // claims with this constant job
)

const (
	// inAny is the scope of all objects, whatever their namespaces.
	inAny = ""

	// inAll is the scope of claims that select in all namespaces, or in many.
	inAll = "*"
)

// terms holds sorted lists of ids by the hash of their term. Two terms may share a hash, though
// rarely: the reader of a list has to check each object.
//
// Most lists have one id, and most terms that are looked up have none: for both, one look into a
// map that the garbage collector does not scan is enough.
type terms struct {
	seed  maphash.Seed
	alone map[uint64]id // or several
	lists map[uint64][]id
}

// several takes the place of the id of a term that has more than one.
const several = ^id(0)

func newTerms() terms {
	return terms{seed: maphash.MakeSeed(), alone: map[uint64]id{}, lists: map[uint64][]id{}}
}

func (t *terms) hash(key term) uint64 { return maphash.Comparable(t.seed, key) }

// add adds an id to the list of a term, unless the list has it already.
func (t *terms) add(key term, n id) {
	h := t.hash(key)
	other, found := t.alone[h]
	switch {
	case !found:
		t.alone[h] = n
	case other == several:
		list := t.lists[h]
		if i, found := slices.BinarySearch(list, n); !found {
			t.lists[h] = slices.Insert(list, i, n)
		}
	case other != n:
		t.alone[h] = several
		t.lists[h] = []id{min(other, n), max(other, n)}
	}
}

// remove removes an id from the list of a term, if the list has it.
func (t *terms) remove(key term, n id) {
	h := t.hash(key)
	other, found := t.alone[h]
	if found && other == n {
		delete(t.alone, h)
	}
	if other != several {
		return
	}
	list := t.lists[h]
	i, found := slices.BinarySearch(list, n)
	if !found {
		return
	}
	list = slices.Delete(list, i, i+1)
	if len(list) > 1 {
		t.lists[h] = list
		return
	}
	delete(t.lists, h)
	t.alone[h] = list[0]
}

// size returns the number of ids of a term.
func (t *terms) size(key term) int {
	h := t.hash(key)
	n, found := t.alone[h]
	switch {
	case !found:
		return 0
	case n == several:
		return len(t.lists[h])
	}
	return 1
}

// all returns the ids of a term, in order.
func (t *terms) all(key term) iter.Seq[id] {
	return func(yield func(id) bool) {
		h := t.hash(key)
		n, found := t.alone[h]
		if !found {
			return
		}
		if n != several {
			yield(n)
			return
		}
		for _, n := range t.lists[h] {
			if !yield(n) {
				return
			}
		}
	}
}
