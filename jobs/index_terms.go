package jobs

import (
	"hash/maphash"
	"iter"
	"slices"
)

// An id is the place of a Service or of a monitor in the list of those.
type id uint32

// A term is what is looked up: all that have it are in one list.
type term struct {
	about about

	// scope is a namespace, or one of the scopes below.
	scope string

	// key and value are a pair of a label and its value, or say what about needs.
	key, value string

	// shape is the hash of what claims must have in common to clash at all. Many monitors
	// may select one Service, each with other params: they are not in one list.
	shape uint64
}

// anyShape is in the terms of all claims, whatever their shape.
const anyShape = 0

// about is what a term is about.
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
	// inAny is the scope of all there are, whatever namespaces they look in.
	inAny = ""

	// inAll is the scope of claims that look in all namespaces, or in many.
	inAll = "*"
)

// terms are lists of ids, each in order, by hash of the term. Two terms may share a
// hash, if rarely: who reads a list looks at what is in it.
//
// Most lists are of one id, and most terms that are asked for have none: both are told by
// one look into a map that the garbage collector need not look into.
type terms struct {
	seed  maphash.Seed
	alone map[uint64]id // or several
	lists map[uint64][]id
}

// several stands in the place of the one id of a term where there is a list of them.
const several = ^id(0)

func newTerms() terms {
	return terms{seed: maphash.MakeSeed(), alone: map[uint64]id{}, lists: map[uint64][]id{}}
}

func (t *terms) hash(key term) uint64 { return maphash.Comparable(t.seed, key) }

// add puts an id under a term. It may be there already.
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

// remove takes an id away from a term. It need not be there.
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

// size is the number of ids under a term.
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

// all are the ids under a term, in order.
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
