package jobs

import (
	"cmp"
	"hash/fnv"
	"maps"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
)

// Unserved is a claim on a port that none of its Services has.
type Unserved struct {
	Endpoint int      // the index of the endpoint
	Service  string   // the first of the Services, namespace/name
	Services int      // the number of Services
	Ports    []string // the names of their ports, sorted; a port without a name is ""
}

// Unserved returns the claims of a ServiceMonitor on ports that none of their Services has. It
// omits a claim that selects no Service, or one whose endpoints are not made by its selector:
// nothing is known about those.
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
			continue // another Service may have it
		}
		matched = slices.DeleteFunc(slices.Clone(matched), func(s *Service) bool { return len(s.Ports) == 0 })
		if len(matched) == 0 || slices.ContainsFunc(matched, func(s *Service) bool { return s.Pods == 0 || slices.ContainsFunc(s.Ports, o.takes) }) {
			continue
		}
		found = append(found, Unserved{Endpoint: m.Claims[i].Endpoint, Service: matched[0].Namespace + "/" + matched[0].Name, Services: len(matched), Ports: portNames(matched)})
	}
	return found
}

// maxPortNames limits how many ports are named. A monitor may select all Services.
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

// Twins are two Services of the same pods, one of them headless, of which a claim scrapes the same
// port.
type Twins struct {
	Endpoint          int    // its index
	Service, Headless string // namespace/name
	Port              string // the name, or the number if it has none
}

// Twins returns the twins whose pods a ServiceMonitor scrapes twice, one pair for each claim. It
// omits claims with relabelings that drop targets: they may drop those of one of the two.
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

// samePort returns a port of the pods that the claim scrapes through both Services.
func samePort(a, b *Service, o *Objects) (name string, ok bool) {
	for _, p := range a.Ports {
		if o.takes(p) && slices.ContainsFunc(b.Ports, func(q ServicePort) bool { return o.takes(q) && q.TargetPort == p.TargetPort }) {
			return cmp.Or(p.Name, p.TargetPort), true
		}
	}
	return "", false
}

// hashOf returns a hash of a selector of pods, and 0 for an empty one.
func hashOf(selector map[string]string) uint64 {
	if len(selector) == 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(labels.Set(selector).String())) // sorted; writing to a hash does not fail
	return max(1, h.Sum64())
}
