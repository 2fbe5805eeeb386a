package jobs

import (
	"slices"
	"testing"
)

// selected returns the Services of a claim that have ports, in order.
func (x *naive) selected(o *Objects) []*Service {
	var all []*Service
	for _, s := range x.services {
		if selectsService(o, s) && len(s.Ports) > 0 {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *Service) int {
		return slices.Compare([]string{a.Namespace, a.Name}, []string{b.Namespace, b.Name})
	})
	return all
}

func (x *naive) Unserved(m *Monitor) []Unserved {
	var all []Unserved
	for i, c := range m.Claims {
		if c.Services == nil || c.Services.Port == "" {
			continue
		}
		selected, names, has := x.selected(c.Services), []string{}, false
		for _, s := range selected {
			has = has || s.Pods == 0 || len(portsOf(c.Services, s)) > 0
			for _, p := range s.Ports {
				if !slices.Contains(names, p.Name) {
					names = append(names, p.Name)
				}
			}
		}
		if len(selected) == 0 || has {
			continue
		}
		slices.Sort(names)
		all = append(all, Unserved{Endpoint: m.Claims[i].Endpoint, Service: selected[0].Namespace + "/" + selected[0].Name, Services: len(selected), Ports: names})
	}
	return all
}

// twins reports whether a claim scrapes a port of the same pods through both Services.
func twins(o *Objects, a, b *Service) bool {
	if a.Headless == b.Headless || a.Pods != b.Pods || a.Pods == 0 || a.Namespace != b.Namespace {
		return false
	}
	for _, i := range portsOf(o, a) {
		for _, j := range portsOf(o, b) {
			if a.Ports[i].TargetPort == b.Ports[j].TargetPort {
				return true
			}
		}
	}
	return false
}

func (x *naive) claimsWithTwins(m *Monitor) int {
	n := 0
	for _, c := range m.Claims {
		if c.Services == nil || c.Filter != "" {
			continue
		}
		selected := x.selected(c.Services)
		if slices.ContainsFunc(selected, func(a *Service) bool {
			return slices.ContainsFunc(selected, func(b *Service) bool { return twins(c.Services, a, b) })
		}) {
			n++
		}
	}
	return n
}

func (x *naive) areTwins(t *testing.T, at string, m *Monitor, got Twins) {
	t.Helper()
	o := m.Claims[slices.IndexFunc(m.Claims, func(c Claim) bool { return c.Endpoint == got.Endpoint })].Services
	var pair []*Service
	for _, s := range x.selected(o) {
		if name := s.Namespace + "/" + s.Name; name == got.Service && !s.Headless || name == got.Headless && s.Headless {
			pair = append(pair, s)
		}
	}
	if len(pair) != 2 || !twins(o, pair[0], pair[1]) || got.Port == "" {
		t.Fatalf("%s: no twins: %+v", at, got)
	}
}
