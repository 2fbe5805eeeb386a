package selection

import (
	"cmp"
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

func (v *services) remove(namespace, name string) {
	for n := range v.terms.all(term{about: aboutName, scope: namespace, key: name}) {
		s := v.list[n]
		if s.Namespace != namespace || s.Name != name {
			continue
		}
		for _, t := range termsOfService(s) {
			v.terms.remove(t, n)
		}
		v.list[n] = nil
		v.free = append(v.free, n)
		return
	}
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

// selected are the Services that a claim selects and finds a port on, by namespace and
// name.
func (v *services) selected(o *Objects) []*Service {
	return slices.DeleteFunc(v.matched(o), func(s *Service) bool { return !slices.ContainsFunc(s.Ports, o.takes) })
}

// matched are the Services that a claim selects, whatever ports they have.
func (v *services) matched(o *Objects) []*Service {
	scopes := o.Namespaces
	if scopes == nil {
		scopes = []string{inAny}
	}
	var selected []*Service
	for _, scope := range scopes {
		for n := range v.terms.all(v.rarest(scope, o)) {
			if s := v.list[n]; o.reaches(s.Namespace) && o.Selector.Matches(labels.Set(s.Labels)) {
				selected = append(selected, s)
			}
		}
	}
	slices.SortFunc(selected, func(a, b *Service) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(selected)
}

// rarest is the term of the shortest list that all Services of a scope are in that the
// claim selects: that of a label which all Services have may be as long as the cluster
// is large.
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
