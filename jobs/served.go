package jobs

import (
	"cmp"
	"hash/fnv"
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// Unserved is a claim on a port that none of the Services has that it selects.
type Unserved struct {
	Endpoint int      // its index
	Service  string   // the first of them, namespace/name
	Services int      // how many there are
	Ports    []string // the names that their ports have, sorted; a port without one is ""
}

// Unserved are the claims of a ServiceMonitor on ports that no Service has. Where it selects
// no Service, or one whose endpoints somebody else writes, nothing can be said.
func (x *Index) Unserved(m *Monitor) []Unserved {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var found []Unserved
	selecting := chosen{services: &x.services, looks: maxLooksForClaims}
	for i := range m.Claims {
		o := m.Claims[i].Services
		if o == nil || o.Port == "" || regexp.QuoteMeta(o.Port) != o.Port {
			continue // the port may be an expression
		}
		matched, all := selecting.by(o)
		if !all {
			continue // one of the others may have it
		}
		matched = slices.DeleteFunc(slices.Clone(matched), func(s *Service) bool { return len(s.Ports) == 0 })
		if len(matched) == 0 || slices.ContainsFunc(matched, func(s *Service) bool { return s.Pods == 0 || slices.ContainsFunc(s.Ports, o.takes) }) {
			continue
		}
		found = append(found, Unserved{Endpoint: m.Claims[i].Endpoint, Service: matched[0].Namespace + "/" + matched[0].Name, Services: len(matched), Ports: portNames(matched)})
	}
	return found
}

// maxPortNames are more than are named. A monitor may select all Services there are.
const maxPortNames = 20

func portNames(matched []*Service) []string {
	names := map[string]bool{}
	for _, s := range matched {
		for _, p := range s.Ports {
			if len(names) < maxPortNames {
				names[p.Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Twins are two Services of the same pods, one of them headless, that a claim takes the same
// port of.
type Twins struct {
	Endpoint          int    // its index
	Service, Headless string // namespace/name
	Port              string // the name, or the number if it has none
}

// Twins are those that a ServiceMonitor scrapes twice for it: one pair for each claim. Where a
// relabeling drops targets, it may drop those of one of the two.
func (x *Index) Twins(m *Monitor) []Twins {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var all []Twins
	selecting := chosen{services: &x.services, looks: maxLooksForClaims}
	for i := range m.Claims {
		c := &m.Claims[i]
		if c.Services == nil || c.Filter != "" {
			continue
		}
		few, _ := selecting.by(c.Services)
		if t, ok := twinsOf(few, c.Services); ok {
			t.Endpoint = c.Endpoint
			all = append(all, t)
		}
	}
	return all
}

func twinsOf(selected []*Service, o *Objects) (Twins, bool) {
	type pods struct {
		namespace string
		hash      uint64
	}
	headless := map[pods][]*Service{}
	for _, s := range selected {
		if s.Headless && s.Pods != 0 {
			at := pods{s.Namespace, s.Pods}
			headless[at] = append(headless[at], s)
		}
	}
	for _, s := range selected {
		if s.Headless {
			continue
		}
		for _, twin := range headless[pods{s.Namespace, s.Pods}] {
			if port, ok := samePort(s, twin, o); ok {
				return Twins{Service: s.Namespace + "/" + s.Name, Headless: twin.Namespace + "/" + twin.Name, Port: port}, true
			}
		}
	}
	return Twins{}, false
}

// samePort is a port of the pods that the claim takes through both Services.
func samePort(a, b *Service, o *Objects) (name string, ok bool) {
	for _, p := range a.Ports {
		if o.takes(p) && slices.ContainsFunc(b.Ports, func(q ServicePort) bool { return o.takes(q) && q.TargetPort == p.TargetPort }) {
			return cmp.Or(p.Name, p.TargetPort), true
		}
	}
	return "", false
}

// hashOf tells selections of pods apart. It is 0 of none.
func hashOf(selector map[string]string) uint64 {
	if len(selector) == 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(labels.Set(selector).String())) // sorted; a hash takes all
	return max(1, h.Sum64())
}
