package jobs

import (
	"hash/maphash"
	"iter"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	operators "k8s.io/apimachinery/pkg/selection"

	"github.com/promgate/promgate/selection"
)

// monitors are the monitors of a cluster.
type monitors struct {
	terms terms
	words words

	// labels are the labels of Services that jobs are named by, with the number of claims.
	labels map[string]int

	list []*entry // by id; nil where an id is free
	free []id
}

// An entry is a monitor, and how many select it.
type entry struct {
	Monitor

	takers int
}

func (e *entry) group() Group { return Group{Kind: e.Kind, Namespace: e.Namespace} }

// find gives the id of a monitor, or of the one that replaces it.
func (v *monitors) find(r selection.Ref, replaces bool) (id, bool) {
	for n := range v.terms.all(termOfRef(r)) {
		if v.list[n].Ref == r && v.list[n].Replaces == replaces {
			return n, true
		}
	}
	return 0, false
}

// add puts a monitor in that is not in yet.
func (v *monitors) add(m *Monitor) *entry {
	n := id(len(v.list)) //nolint:gosec // there are no 4 billion monitors
	if last := len(v.free) - 1; last >= 0 {
		n, v.free = v.free[last], v.free[:last]
	} else {
		v.list = append(v.list, nil)
	}
	e := &entry{Monitor: v.words.share(m)}
	v.list[n] = e
	for _, t := range v.termsOf(&e.Monitor, v.leastUsed) {
		v.terms.add(t, n)
	}
	for i := range e.Claims {
		if label := e.Claims[i].Job.Label; label != "" {
			v.labels[label]++
		}
	}
	return e
}

func (v *monitors) remove(n id) {
	e := v.list[n]
	// Which term was the least used then is not kept: it is one of these.
	for _, t := range v.termsOf(&e.Monitor, every) {
		v.terms.remove(t, n)
	}
	for i := range e.Claims {
		v.dropLabel(e.Claims[i].Job.Label)
	}
	v.words.release(&e.Monitor)
	v.list[n] = nil
	v.free = append(v.free, n)
}

func (v *monitors) dropLabel(label string) {
	v.labels[label]--
	if v.labels[label] <= 0 {
		delete(v.labels, label)
	}
}

func termOfRef(r selection.Ref) term {
	return term{about: aboutName, scope: r.Namespace, key: r.Kind, value: r.Name}
}

// termsOf are the terms of a monitor, with those that choose takes of the terms of each
// selector.
func (v *monitors) termsOf(m *Monitor, choose func([]term) []term) []term {
	all := []term{termOfRef(m.Ref), {about: aboutMembers, scope: m.Namespace}}
	for i := range m.Claims {
		c := &m.Claims[i]
		if c.Job.unknown() {
			continue
		}
		if job, ok := c.constant(); ok {
			for _, scope := range c.jobScopes(m.Namespace) {
				all = append(all, termOfJob(scope, job))
			}
		}
		shape := v.shape(c)
		for _, text := range c.Static {
			all = append(all, termOfStatic(m.Kind, c.Job, text, shape))
		}
		all = append(all, termsOfObjects(aboutServices, c.Services, shape, choose)...)
		all = append(all, termsOfObjects(aboutPods, c.Pods, shape, choose)...)
	}
	return all
}

// shape is what two claims must have in common to clash.
func (v *monitors) shape(c *Claim) uint64 {
	return maphash.Comparable(v.terms.seed, [2]string{c.Address, c.Filter})
}

func termOfStatic(kind string, j Job, text string, shape uint64) term {
	return term{about: aboutStatic, scope: kind, key: j.Constant, value: text, shape: shape}
}

func termOfJob(scope, job string) term { return term{about: aboutJob, scope: scope, key: job} }

// termsOfObjects are the terms of a selector. In each scope it is under one of its pairs,
// where it is found by what it selects and by selectors that are narrower, with its shape
// and without; and under each of its requirements, where it is found by selectors that are
// wider, without: of all that ask for the same, most have the same shape.
func termsOfObjects(of about, o *Objects, shape uint64, choose func([]term) []term) []term {
	if o == nil {
		return nil
	}
	var all []term
	for _, shape := range []uint64{shape, anyShape} {
		for _, chosen := range choose(onesOf(of, inAny, o, shape)) {
			for _, scope := range o.scopes() {
				chosen.scope = scope
				all = append(all, chosen)
			}
		}
	}
	if len(o.Requirements) < 2 {
		return all // no other is wider
	}
	for _, scope := range o.scopes() {
		all = append(all, eachOf(of, scope, o)...)
	}
	return all
}

// akin are the terms under which the selectors are that imply a selector, or are implied
// by it. An empty one implies nothing.
func (v *monitors) akin(of about, o *Objects, shape uint64) iter.Seq[term] {
	return func(yield func(term) bool) {
		if len(o.Requirements) == 0 {
			return
		}
		for _, scope := range o.asks() {
			// A wider one asks for one of the same labels, or for none with one value.
			terms := []term{one(of, scope, "", "", shape)}
			for _, r := range o.Requirements {
				if key, value, ok := pairOf(r); ok {
					terms = append(terms, one(of, scope, key, value, shape))
				}
			}
			// A narrower one is in the lists of all requirements: the shortest will do.
			terms = append(terms, v.leastUsed(eachOf(of, scope, o))...)
			for _, t := range terms {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// onesOf are the terms of which one stands for the selector: of each pair, or of none if
// it has none.
func onesOf(of about, scope string, o *Objects, shape uint64) []term {
	var all []term
	for _, r := range o.Requirements {
		if key, value, ok := pairOf(r); ok {
			all = append(all, one(of, scope, key, value, shape))
		}
	}
	if len(all) == 0 {
		all = []term{one(of, scope, "", "", shape)}
	}
	return all
}

func one(of about, scope, key, value string, shape uint64) term {
	return term{about: of, scope: scope, key: key, value: value, shape: shape}
}

// eachOf are the terms of all requirements. Their key begins with what no label does.
func eachOf(of about, scope string, o *Objects) []term {
	all := make([]term, 0, len(o.Requirements))
	for _, r := range o.Requirements {
		key := "=" + r.Key()
		if operator := operatorOf(r); operator != operators.In {
			key = string(operator) + key
		}
		// One of the values is enough to tell most.
		all = append(all, term{about: of, scope: scope, key: key, value: least(r), shape: anyShape})
	}
	return all
}

// least is the first of the values of a requirement.
func least(r labels.Requirement) string {
	values := r.ValuesUnsorted()
	if len(values) == 0 {
		return ""
	}
	return slices.Min(values)
}

// leastUsed chooses the term under which the fewest are: where all monitors select the
// same label too, among others, no list gets long.
func (v *monitors) leastUsed(all []term) []term {
	best, size := 0, v.terms.size(all[0])
	for i := 1; i < len(all) && size > 0; i++ {
		if n := v.terms.size(all[i]); n < size {
			best, size = i, n
		}
	}
	return all[best : best+1]
}

func every(all []term) []term { return all }

// manyNamespaces is from where on claims are not kept under each of the namespaces that
// they look in.
const manyNamespaces = 4

// scopes are those under which the claim is kept.
func (o *Objects) scopes() []string {
	if o.Namespaces == nil || len(o.Namespaces) > manyNamespaces {
		return []string{inAny, inAll}
	}
	return append([]string{inAny}, o.Namespaces...)
}

// asks are the scopes under which the claims are that look in one of the same namespaces.
func (o *Objects) asks() []string {
	if o.Namespaces == nil {
		return []string{inAny}
	}
	return append([]string{inAll}, o.Namespaces...)
}
