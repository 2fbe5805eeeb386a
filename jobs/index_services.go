package jobs

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// services are the Services of a cluster.
type services struct {
	terms terms
	list  []*Service // by id; nil where an id is free
	free  []id
}

func (v *services) set(s *Service) {
	v.remove(s.Namespace, s.Name)
	n := id(len(v.list)) //nolint:gosec // there are no 4 billion Services
	if last := len(v.free) - 1; last >= 0 {
		n, v.free = v.free[last], v.free[:last]
	} else {
		v.list = append(v.list, nil)
	}
	v.list[n] = s
	for _, t := range termsOfService(s) {
		v.terms.add(t, n)
	}
}

func (v *services) find(namespace, name string) (n id, found bool) {
	for n := range v.terms.all(term{about: aboutName, scope: namespace, key: name}) {
		// Two terms may share a list: see terms.
		if s := v.list[n]; s.Namespace == namespace && s.Name == name {
			return n, true
		}
	}
	return 0, false
}

func (v *services) remove(namespace, name string) {
	n, found := v.find(namespace, name)
	if !found {
		return
	}
	for _, t := range termsOfService(v.list[n]) {
		v.terms.remove(t, n)
	}
	v.list[n] = nil
	v.free = append(v.free, n)
}

func termsOfService(s *Service) []term {
	all := []term{
		{about: aboutName, scope: s.Namespace, key: s.Name},
		{about: aboutName, scope: inAny, key: s.Name},
		{about: aboutLabels, scope: s.Namespace},
		{about: aboutLabels, scope: inAny},
	}
	for key, value := range s.Labels {
		all = append(all,
			term{about: aboutLabels, scope: s.Namespace, key: key, value: value},
			term{about: aboutLabels, scope: inAny, key: key, value: value})
	}
	return all
}

// Service returns a Service, or nil. It must not be changed.
func (x *Index) Service(namespace, name string) *Service {
	x.mu.RLock()
	defer x.mu.RUnlock()
	n, found := x.services.find(namespace, name)
	if !found {
		return nil
	}
	return x.services.list[n]
}

// selected returns the Services that a claim selects and that have its port, ordered by namespace
// and name.
func (v *services) selected(o *Objects) []*Service {
	var selected []*Service
	for s := range v.matching(o, math.MaxInt) {
		if slices.ContainsFunc(s.Ports, o.takes) {
			selected = append(selected, s)
		}
	}
	sortServices(selected)
	return slices.Compact(selected)
}

func sortServices(list []*Service) {
	slices.SortFunc(list, func(a, b *Service) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}

// matching returns the Services that a claim selects, in no order and maybe twice. It stops after
// a number of looks.
func (v *services) matching(o *Objects, looks int) iter.Seq[*Service] {
	return func(yield func(*Service) bool) {
		for _, scope := range scopesOf(o) {
			for n := range v.terms.all(v.rarest(scope, o)) {
				if looks == 0 {
					return
				}
				looks--
				if s := v.list[n]; o.reaches(s.Namespace) && o.Selector.Matches(labels.Set(s.Labels)) && !yield(s) {
					return
				}
			}
		}
	}
}

// scopesOf returns the scopes of the Services that a claim selects.
func scopesOf(o *Objects) []string {
	if o.Namespaces == nil {
		return []string{inAny}
	}
	return o.Namespaces
}

// rarest returns the term of the shortest list that contains all Services of a scope that the claim
// selects. The list of a label that all Services have may be as long as the cluster is large.
func (v *services) rarest(scope string, o *Objects) term {
	best := term{about: aboutLabels, scope: scope}
	size := v.terms.size(best)
	for _, r := range o.Requirements {
		key, value, ok := pairOf(r)
		if !ok {
			continue
		}
		t := term{about: aboutLabels, scope: scope, key: key, value: value}
		if n := v.terms.size(t); n < size {
			best, size = t, n
		}
	}
	return best
}
