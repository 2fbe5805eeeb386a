package jobs

import (
	"fmt"
	"slices"
	"strings"
)

// Shared compares each claim with each claim of each other monitor.
func (x *naive) Shared(m *Monitor) []Clash {
	clashes := map[string]Clash{}
	for key, s := range x.prometheuses {
		for _, rival := range x.monitors {
			if rival.Ref == m.Ref || !x.selects(s, m) || !x.selects(s, rival) {
				continue
			}
			for _, c := range x.sharedWith(m, rival) {
				c.Prometheus, c.Rival = key.Path(), rival
				clashes[strings.Join([]string{fmt.Sprint(c.Scope.strictness()), key.Path(), rival.Namespace, rival.Name, rival.Kind, c.Job, c.Namespace, fmt.Sprint(c.Anywhere)}, "\x00")] = c
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

func (x *naive) sharedWith(m, rival *Monitor) []Clash {
	var shared []Clash
	said := map[Clash]bool{}
	add := func(claim int, c Clash) {
		if !said[c] {
			said[c] = true
			c.Mine, c.Claim = m, claim
			shared = append(shared, c)
		}
	}
	var theirs [][2]string
	for _, b := range rival.Claims {
		theirs = append(theirs, x.owns(rival, b)...)
	}
	for i, a := range m.Claims {
		for _, p := range x.owns(m, a) {
			if p[0] != "" && slices.Contains(theirs, p) {
				add(i, Clash{Scope: ScopeNamespace, Job: p[1], Namespace: p[0]})
			}
		}
	}
	if len(shared) == 0 {
		for i, a := range m.Claims {
			for _, b := range rival.Claims {
				if c, ok := alike(m, a, b); ok {
					c.Scope, c.Target = ScopeNamespace, ""
					add(i, c)
				}
			}
		}
	}
	near := map[string]bool{}
	for _, c := range shared {
		near[c.Job] = true
	}
	for i, a := range m.Claims {
		for _, p := range x.owns(m, a) {
			if near[p[1]] || !slices.ContainsFunc(theirs, func(other [2]string) bool { return other[1] == p[1] }) {
				continue
			}
			add(i, Clash{Scope: ScopePrometheus, Job: p[1], Namespace: m.Namespace, Anywhere: true})
		}
	}
	return shared
}

// alike returns the clash of two selections if one includes the other.
func alike(m *Monitor, a, b Claim) (Clash, bool) {
	if a.Filter != b.Filter || a.Job == (Job{}) {
		return Clash{}, false
	}
	portless := func(o *Objects) *Objects {
		if o == nil {
			return nil
		}
		return &Objects{Selector: o.Selector, Requirements: o.Requirements, Namespaces: o.Namespaces}
	}
	if a.Services != nil && b.Services != nil {
		return unseen(m, a.Job, b.Job, portless(a.Services), portless(b.Services), "Services")
	}
	if a.Pods != nil && b.Pods != nil && !a.Job.OfService {
		return unseen(m, a.Job, b.Job, portless(a.Pods), portless(b.Pods), "Pods")
	}
	return Clash{}, false
}

// owns returns the namespaces and jobs of a claim. The namespace is empty if the job has targets in
// an unknown one.
func (x *naive) owns(m *Monitor, c Claim) [][2]string {
	var owned [][2]string
	for _, s := range x.services {
		if c.Job == (Job{}) || c.Filter != "" || c.Services == nil || !selectsService(c.Services, s) || len(portsOf(c.Services, s)) == 0 {
			continue
		}
		job := c.Job.Constant
		if job == "" {
			job = s.Name
			if c.Job.Label != "" && s.Labels[c.Job.Label] != "" {
				job = s.Labels[c.Job.Label]
			}
		}
		owned = append(owned, [2]string{s.Namespace, job})
	}
	if c.Job.Constant == "" || strings.HasPrefix(c.Filter, "class ") {
		return owned
	}
	o := c.Services
	if o == nil {
		o = c.Pods
	}
	switch {
	case o == nil && len(c.Static) == 0:
		return owned
	case o == nil:
		owned = append(owned, [2]string{m.Namespace, c.Job.Constant})
	case len(o.Namespaces) == 1:
		owned = append(owned, [2]string{o.Namespaces[0], c.Job.Constant})
	}
	return append(owned, [2]string{"", c.Job.Constant})
}
