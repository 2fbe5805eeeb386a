package jobs

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/promgate/promgate/selection"
)

// naive answers like an Index, from plain maps and by looking at all objects.
type naive struct {
	prometheuses map[selection.Ref]selection.Selectors
	namespaces   map[string]map[string]string
	services     map[[2]string]*Service
	monitors     map[selection.Ref]*Monitor
}

func newNaive() *naive {
	return &naive{map[selection.Ref]selection.Selectors{}, map[string]map[string]string{}, map[[2]string]*Service{}, map[selection.Ref]*Monitor{}}
}

func (x *naive) selects(s selection.Selectors, m *Monitor) bool {
	l, ok := x.namespaces[m.Namespace]
	if !ok {
		l = map[string]string{"kubernetes.io/metadata.name": m.Namespace}
	}
	return s.Selects(m.Kind, m.Namespace, m.Labels, l)
}

func (x *naive) Unselected() map[Group]int {
	counts := map[Group]int{}
	for _, m := range x.monitors {
		selected := false
		for _, s := range x.prometheuses {
			selected = selected || x.selects(s, m)
		}
		if !selected {
			counts[Group{m.Kind, m.Namespace}]++
		}
	}
	return counts
}

func (x *naive) Clashes(m *Monitor) []Clash {
	clashes := map[string]Clash{}
	for key, s := range x.prometheuses {
		for _, rival := range x.monitors {
			if rival.Ref == m.Ref || !x.selects(s, m) || !x.selects(s, rival) {
				continue
			}
			for i, a := range m.Claims {
				for j, b := range rival.Claims {
					c, ok := x.clash(m, rival, a, b)
					if !ok {
						continue
					}
					c.Scope, c.Prometheus, c.Mine, c.Claim, c.Rival, c.RivalClaim = ScopeEndpoint, key.Path(), m, i, rival, j
					order := fmt.Sprintf("%s %04d %s %s %s %04d", key.Path(), i, rival.Namespace, rival.Name, rival.Kind, j)
					clashes[order] = c
				}
			}
		}
	}
	var keys []string
	for key := range clashes {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var sorted []Clash
	for _, key := range keys {
		sorted = append(sorted, clashes[key])
	}
	return sorted
}

func (x *naive) clash(m, rival *Monitor, a, b Claim) (Clash, bool) {
	if a.Address != b.Address || a.Filter != b.Filter || a.Job == (Job{}) || b.Job == (Job{}) {
		return Clash{}, false
	}
	if a.Services != nil && b.Services != nil {
		if c, ok := x.onOneService(a, b); ok {
			return c, true
		}
		if c, ok := unseen(m, a.Job, b.Job, a.Services, b.Services, "Services"); ok {
			return c, true
		}
	}
	if a.Job.OfService || b.Job.OfService {
		return Clash{}, false
	}
	if a.Pods != nil && b.Pods != nil {
		return unseen(m, a.Job, b.Job, a.Pods, b.Pods, "Pods")
	}
	first := ""
	for _, s := range a.Static {
		for _, t := range b.Static {
			if s == t && (first == "" || s < first) {
				first = s
			}
		}
	}
	if first == "" || m.Kind != rival.Kind || a.Job.Constant != b.Job.Constant {
		return Clash{}, false
	}
	return Clash{Job: a.Job.Constant, Namespace: m.Namespace, Anywhere: true, Target: "the static target " + first}, true
}

func (x *naive) onOneService(a, b Claim) (Clash, bool) {
	best := Clash{}
	name := [2]string{}
	for key, s := range x.services {
		if !selectsService(a.Services, s) || !selectsService(b.Services, s) || (best.Target != "" && slices.Compare(key[:], name[:]) > 0) {
			continue
		}
		jobs := []string{}
		for _, j := range []Job{a.Job, b.Job} {
			switch {
			case j.Constant != "":
				jobs = append(jobs, j.Constant)
			case j.Label != "" && s.Labels[j.Label] != "":
				jobs = append(jobs, s.Labels[j.Label])
			default:
				jobs = append(jobs, s.Name)
			}
		}
		if jobs[0] != jobs[1] {
			continue
		}
		for i := range s.Ports {
			if slices.Contains(portsOf(a.Services, s), i) && slices.Contains(portsOf(b.Services, s), i) {
				port := s.Ports[i].Name
				if port == "" {
					port = s.Ports[i].TargetPort
				}
				best = Clash{Job: jobs[0], Namespace: s.Namespace, Target: "Service " + s.Namespace + "/" + s.Name + " port " + port}
				name = key
				break
			}
		}
	}
	return best, best.Target != ""
}

func selectsService(o *Objects, s *Service) bool {
	return o.Selector.Matches(labels.Set(s.Labels)) && (o.Namespaces == nil || slices.Contains(o.Namespaces, s.Namespace))
}

func portsOf(o *Objects, s *Service) []int {
	var ports []int
	for i, p := range s.Ports {
		named := o.Port != "" && o.Port == p.Name
		numbered := o.Port == "" && o.TargetPort != "" && o.TargetPort == p.TargetPort
		if named || numbered || o.Port+o.TargetPort == "" {
			ports = append(ports, i)
		}
	}
	return ports
}

// unseen returns the clash of two selections, whether or not anything exists that they select.
func unseen(m *Monitor, one, other Job, a, b *Objects, kind string) (Clash, bool) {
	if one != other || a.Port != b.Port || a.TargetPort != b.TargetPort {
		return Clash{}, false
	}
	ours, theirs := texts(a), texts(b)
	subset, superset := true, true
	for t := range ours {
		subset = subset && theirs[t]
	}
	for t := range theirs {
		superset = superset && ours[t]
	}
	narrow := a
	if subset {
		narrow = b
	}
	if len(ours) == 0 || len(theirs) == 0 || (!subset && !superset) || !possible(narrow) {
		return Clash{}, false
	}
	c := Clash{Job: one.Constant, Target: "the " + kind + " that " + narrow.Selector.String() + " selects"}
	if one.OfService {
		c.Job = "<name of the Service>"
		if one.Label != "" {
			c.Job = "<label " + one.Label + " of the Service>"
		}
	}
	var both []string
	for _, n := range universe.namespaces {
		if (a.Namespaces == nil || slices.Contains(a.Namespaces, n)) && (b.Namespaces == nil || slices.Contains(b.Namespaces, n)) {
			both = append(both, n)
		}
	}
	if a.Namespaces == nil && b.Namespaces == nil {
		c.Namespace, c.Anywhere = m.Namespace, true
		return c, true
	}
	if len(both) == 0 {
		return Clash{}, false
	}
	c.Namespace = both[0]
	return c, true
}

func texts(o *Objects) map[string]bool {
	set := map[string]bool{}
	for _, r := range o.Requirements {
		values := r.Values().List()
		operator := string(r.Operator())
		if operator == "=" {
			operator = "in"
		}
		set[r.Key()+" "+operator+" "+strings.Join(values, ",")] = true
	}
	return set
}

// possible looks at all objects that there can be.
func possible(o *Objects) bool {
	sets := []labels.Set{{}}
	for _, key := range universe.keys {
		for _, s := range slices.Clone(sets) {
			for _, value := range append([]string{"other"}, universe.values...) {
				sets = append(sets, labels.Merge(s, labels.Set{key: value}))
			}
		}
	}
	return slices.ContainsFunc(sets, func(s labels.Set) bool { return o.Selector.Matches(s) })
}
