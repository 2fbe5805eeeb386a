package jobs

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// everywhere returns what a claim selects if it looks into all namespaces.
func everywhere(o Objects) *Objects {
	o.Namespaces = nil
	return &o
}

func (x *naive) Elsewhere(m *Monitor) (Elsewhere, bool) {
	var claims []Claim
	for _, c := range m.Claims {
		if c.Services != nil {
			claims = append(claims, c)
		}
	}
	if len(claims) == 0 || claims[0].Services.Namespaces == nil {
		return Elsewhere{}, false
	}
	o := claims[0].Services
	asks := false
	for _, r := range o.Requirements {
		operator := string(r.Operator())
		asks = asks || operator == "in" || operator == "=" || operator == "=="
	}
	var there []*Service
	for _, s := range x.services {
		if selectsService(o, s) {
			return Elsewhere{}, false
		}
		hasPort := slices.ContainsFunc(claims, func(c Claim) bool { return len(portsOf(c.Services, s)) > 0 })
		if selectsService(everywhere(*o), s) && hasPort {
			there = append(there, s)
		}
	}
	scraped := false
	for _, s := range there {
		for _, other := range x.monitors {
			for _, c := range other.Claims {
				scraped = scraped || other.Namespace == s.Namespace && c.Services != nil && selectsService(c.Services, s)
			}
		}
	}
	if !asks || len(there) == 0 || scraped {
		return Elsewhere{}, false
	}
	first := slices.MinFunc(there, func(a, b *Service) int {
		return slices.Compare([]string{a.Namespace, a.Name}, []string{b.Namespace, b.Name})
	})
	return Elsewhere{Namespaces: o.Namespaces, Service: first.Namespace + "/" + first.Name, Namespace: first.Namespace, Services: len(there)}, true
}

func (x *naive) Unlabeled(m *Monitor) (Unlabeled, bool) {
	var selected []*Service
	label := ""
	for _, c := range m.Claims {
		if c.Services == nil || !c.Job.OfService || c.Job.Label == "" {
			return Unlabeled{}, false
		}
		label, selected = c.Job.Label, nil
		for _, s := range x.services {
			if !selectsService(c.Services, s) {
				continue
			}
			selected = append(selected, s)
			if s.Name == label {
				return Unlabeled{}, false
			}
			for key, value := range s.Labels {
				if value != "" && strings.NewReplacer(".", "_", "/", "_", "-", "_").Replace(key) == strings.NewReplacer(".", "_", "/", "_", "-", "_").Replace(label) {
					return Unlabeled{}, false
				}
			}
		}
	}
	if len(selected) == 0 {
		return Unlabeled{}, false
	}
	first := slices.MinFunc(selected, func(a, b *Service) int {
		return slices.Compare([]string{a.Namespace, a.Name}, []string{b.Namespace, b.Name})
	})
	return Unlabeled{Label: label, Service: first.Namespace + "/" + first.Name, Services: len(selected)}, true
}

func (x *naive) PodPorts(m *Monitor) map[int][]string {
	all := map[int][]string{}
	for _, c := range m.Claims {
		if c.Services == nil || c.Services.Port == "" {
			continue
		}
		for _, s := range x.services {
			for _, i := range portsOf(c.Services, s) {
				if port := s.Ports[i].TargetPort; selectsService(c.Services, s) && !slices.Contains(all[c.Endpoint], port) {
					all[c.Endpoint] = append(all[c.Endpoint], port)
				}
			}
		}
	}
	return all
}

// compareServices compares what the two say about the Services of a monitor, and returns which of
// the questions had an answer.
func compareServices(t *testing.T, at string, x *Index, y *naive, m *Monitor) (answered []string) {
	t.Helper()
	got, ok := x.Elsewhere(m)
	want, wanted := y.Elsewhere(m)
	if diff := cmp.Diff(want, got); diff != "" || ok != wanted {
		t.Fatalf("%s: Elsewhere of %+v: %t, want %t (-want +got):\n%s", at, m, ok, wanted, diff)
	}
	if ok {
		answered = append(answered, "elsewhere")
	}
	gotLabel, ok := x.Unlabeled(m)
	wantLabel, wanted := y.Unlabeled(m)
	if diff := cmp.Diff(wantLabel, gotLabel); diff != "" || ok != wanted {
		t.Fatalf("%s: Unlabeled of %+v: %t, want %t (-want +got):\n%s", at, m, ok, wanted, diff)
	}
	if ok {
		answered = append(answered, "unlabeled")
	}
	ports, inAnyOrder := x.PodPorts(m), cmpopts.SortSlices(strings.Compare)
	if diff := cmp.Diff(y.PodPorts(m), ports, inAnyOrder); diff != "" {
		t.Fatalf("%s: PodPorts of %+v (-want +got):\n%s", at, m, diff)
	}
	if len(ports) > 0 {
		answered = append(answered, "ports of pods")
	}
	return answered
}
