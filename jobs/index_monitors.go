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

	// labels are the labels of Services that name jobs, with the number of claims.
	labels map[string]int

	list []*entry // by id; nil where an id is free
	free []id
}

// An entry is a monitor, and the number of Prometheuses and readers that select it.
type entry struct {
	Monitor

	takers int
}

func (e *entry) group() Group { return Group{Kind: e.Kind, Namespace: e.Namespace} }

// find returns the id of a monitor, or of its replacement.
func (v *monitors) find(r selection.Ref, replaces bool) (id, bool) {
	for n := range v.terms.all(termOfRef(r)) {
		if v.list[n].Ref == r && v.list[n].Replaces == replaces {
			return n, true
		}
	}
	return 0, false
}

// add adds a monitor that the index does not hold yet.
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
	// The index does not remember which term was the least used at that time: it is one of these.
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

// termsOf returns the terms of a monitor, with those that the function choose returns for each
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

// shape returns a hash of what two claims must have in common to clash.
func (v *monitors) shape(c *Claim) uint64 {
	return maphash.Comparable(v.terms.seed, [2]string{c.Address, c.Filter})
}

func termOfStatic(kind string, j Job, text string, shape uint64) term {
	return term{about: aboutStatic, scope: kind, key: j.Constant, value: text, shape: shape}
}

func termOfJob(scope, job string) term { return term{about: aboutJob, scope: scope, key: job} }

// termsOfObjects returns the terms of a selector. In each scope the selector is listed under one of
// its pairs, with and without its shape: there, Services that it selects and narrower selectors find
// it. It is also listed under each of its requirements, without its shape: there, wider selectors
// find it. Most selectors with the same requirements have the same shape.
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

// akin returns the terms that list the selectors which imply a selector, or are implied by it. An
// empty selector implies nothing.
func (v *monitors) akin(of about, o *Objects, shape uint64) iter.Seq[term] {
	return func(yield func(term) bool) {
		if len(o.Requirements) == 0 {
			return
		}
		for _, scope := range o.asks() {
			// A wider selector requires one of the same labels, or no label with one value.
			terms := []term{one(of, scope, "", "", shape)}
			for _, r := range o.Requirements {
				if key, value, ok := pairOf(r); ok {
					terms = append(terms, one(of, scope, key, value, shape))
				}
			}
			// A narrower selector is in the lists of all requirements: the shortest list is enough.
			terms = append(terms, v.leastUsed(eachOf(of, scope, o))...)
			for _, t := range terms {
				if !yield(t) {
					return
				}
			}
		}
	}
}

// onesOf returns the terms of which one is enough to list the selector: one for each pair, or one
// without a pair if the selector has none.
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

// eachOf returns the terms of all requirements. Their keys begin with a character that no label
// begins with.
func eachOf(of about, scope string, o *Objects) []term {
	all := make([]term, 0, len(o.Requirements))
	for _, r := range o.Requirements {
		key := "=" + r.Key()
		if operator := operatorOf(r); operator != operators.In {
			key = string(operator) + key
		}
		// One of the values is enough to tell most requirements apart.
		all = append(all, term{about: of, scope: scope, key: key, value: least(r), shape: anyShape})
	}
	return all
}

// least returns the smallest of the values of a requirement.
func least(r labels.Requirement) string {
	values := r.ValuesUnsorted()
	if len(values) == 0 {
		return ""
	}
	return slices.Min(values)
}

// leastUsed returns the term with the shortest list, so that no list gets long where all monitors
// select one label among others.
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

// manyNamespaces is the largest number of namespaces for which a claim is listed under each of
// them.
const manyNamespaces = 4

// scopes returns the scopes that list the claim.
func (o *Objects) scopes() []string {
	if o.Namespaces == nil || len(o.Namespaces) > manyNamespaces {
		return []string{inAny, inAll}
	}
	return append([]string{inAny}, o.Namespaces...)
}

// asks returns the scopes that list the claims which select in one of the same namespaces.
func (o *Objects) asks() []string {
	if o.Namespaces == nil {
		return []string{inAny}
	}
	return append([]string{inAll}, o.Namespaces...)
}
