package jobs

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// Clashes returns the clashes that a monitor would have if it were stored as it is, ordered by
// Prometheus, claim and rival: one for each claim of a rival. The stored monitor of the same Ref
// is no rival, and the monitor's own claims are not compared with each other.
func (x *Index) Clashes(m *Monitor) []Clash {
	x.mu.RLock()
	defer x.mu.RUnlock()
	takers := x.takers(m)
	if len(takers) == 0 {
		return nil
	}
	s := search{index: x, mine: m, found: map[pairing]Clash{}}
	for i := range m.Claims {
		s.claim(i)
	}
	return s.under(takers)
}

// takers returns the Prometheuses that select a monitor.
func (x *Index) takers(m *Monitor) []prometheus {
	var takers []prometheus
	for _, p := range x.prometheuses {
		if x.selects(p.selectors, m) {
			takers = append(takers, p)
		}
	}
	return takers
}

// A search collects the pairs of claims that would clash if one Prometheus selected both monitors.
type search struct {
	index *Index
	as    *relabeled // nil if all namespaces have the labels that the index holds
	mine  *Monitor
	found map[pairing]Clash
}

type pairing struct {
	claim      int
	rival      id
	rivalClaim int
}

func (s *search) claim(i int) {
	c := &s.mine.Claims[i]
	if c.Job.unknown() {
		return
	}
	// A pair is reported as it was found first: by a Service before a selector.
	s.onServices(i)
	s.bySelection(i, aboutServices, c.Services, servicesOf, "Services")
	if !c.Job.OfService {
		s.bySelection(i, aboutPods, c.Pods, podsOf, "Pods")
		s.onStatic(i)
	}
}

func servicesOf(c *Claim) *Objects { return c.Services }

func podsOf(c *Claim) *Objects { return c.Pods }

// maxClashes limits how many clashes are collected, to more than anybody reads. A monitor that
// selects everything may clash with every other.
const maxClashes = 1000

// consider compares a claim with the claims of each monitor under a term. If two clash, the
// function clash returns the clash, without the monitors.
func (s *search) consider(i int, t term, clash func(rival *Monitor, c *Claim) (Clash, bool)) {
	c := &s.mine.Claims[i]
	for n := range s.index.monitors.terms.all(t) {
		if len(s.found) >= maxClashes {
			return
		}
		rival := &s.index.monitors.list[n].Monitor
		if rival.Ref == s.mine.Ref {
			continue
		}
		for j := range rival.Claims {
			r := &rival.Claims[j]
			if r.Address != c.Address || r.Filter != c.Filter || r.Job.unknown() {
				continue
			}
			at := pairing{claim: i, rival: n, rivalClaim: j}
			if _, found := s.found[at]; found {
				continue
			}
			if found, ok := clash(rival, r); ok {
				found.Scope, found.Mine, found.Claim, found.Rival, found.RivalClaim = ScopeEndpoint, s.mine, i, rival, j
				s.found[at] = found
			}
		}
	}
}

// onServices finds the claims that scrape the same port of a Service under the same job.
func (s *search) onServices(i int) {
	c := &s.mine.Claims[i]
	if c.Services == nil {
		return
	}
	shape := s.index.monitors.shape(c)
	for _, service := range s.index.services.selected(c.Services) {
		job := c.Job.on(service)
		clash := func(_ *Monitor, r *Claim) (Clash, bool) { return onService(service, c.Services, r, job) }
		// A selector that matches the Service requires one of its labels, or no label with one value.
		for _, scope := range []string{service.Namespace, inAll} {
			s.consider(i, one(aboutServices, scope, "", "", shape), clash)
			for key, value := range service.Labels {
				s.consider(i, one(aboutServices, scope, key, value, shape), clash)
			}
		}
	}
}

func onService(s *Service, mine *Objects, r *Claim, job string) (Clash, bool) {
	theirs := r.Services
	if theirs == nil || r.Job.on(s) != job || !theirs.reaches(s.Namespace) || !theirs.Selector.Matches(labels.Set(s.Labels)) {
		return Clash{}, false
	}
	i := slices.IndexFunc(s.Ports, func(p ServicePort) bool { return mine.takes(p) && theirs.takes(p) })
	if i < 0 {
		return Clash{}, false
	}
	target := "Service " + s.Namespace + "/" + s.Name
	if port := cmp.Or(s.Ports[i].Name, s.Ports[i].TargetPort); port != "" {
		target += " port " + port
	}
	return Clash{Job: job, Namespace: s.Namespace, Target: target}, true
}

// bySelection finds the claims with the same selector, or with a wider or narrower one, whether
// or not anything exists that they select.
func (s *search) bySelection(i int, of about, mine *Objects, objects func(*Claim) *Objects, kind string) {
	if mine == nil {
		return
	}
	job := s.mine.Claims[i].Job
	clash := func(_ *Monitor, r *Claim) (Clash, bool) {
		theirs := objects(r)
		if theirs == nil || r.Job != job || theirs.Port != mine.Port || theirs.TargetPort != mine.TargetPort {
			return Clash{}, false
		}
		return s.selection(mine, theirs, job, kind)
	}
	monitors := &s.index.monitors
	for t := range monitors.akin(of, mine, monitors.shape(&s.mine.Claims[i])) {
		s.consider(i, t, clash)
	}
}

func (s *search) selection(mine, theirs *Objects, job Job, kind string) (Clash, bool) {
	namespace, ok := mine.overlap(theirs)
	if !ok {
		return Clash{}, false
	}
	narrow := narrower(mine, theirs)
	if narrow == nil {
		return Clash{}, false
	}
	return Clash{
		Job:       job.words(),
		Namespace: cmp.Or(namespace, s.mine.Namespace),
		Anywhere:  namespace == "",
		Target:    "the " + kind + " that " + narrow.Selector.String() + " selects",
	}, true
}

// onStatic finds the claims of monitors of the same kind on the same target.
func (s *search) onStatic(i int) {
	c := &s.mine.Claims[i]
	shape := s.index.monitors.shape(c)
	for _, target := range slices.Sorted(slices.Values(c.Static)) {
		s.consider(i, termOfStatic(s.mine.Kind, c.Job, target, shape), func(rival *Monitor, r *Claim) (Clash, bool) {
			if rival.Kind != s.mine.Kind || r.Job != c.Job || !slices.Contains(r.Static, target) {
				return Clash{}, false
			}
			return Clash{Job: c.Job.Constant, Namespace: s.mine.Namespace, Anywhere: true, Target: "the static target " + nameOf(target)}, true
		})
	}
}

// nameOf returns a static target without its labels.
func nameOf(target string) string {
	name, _, _ := strings.Cut(target, " ")
	return name
}

// under returns the clashes of each Prometheus that selects the monitor: those whose rival it
// selects too.
func (s *search) under(takers []prometheus) []Clash {
	var clashes []Clash
	for _, c := range s.found {
		for _, p := range takers {
			if !s.index.selectsAs(s.as, p.selectors, c.Rival) {
				continue
			}
			if job, ok := p.classes.keeps(c, s.mine); ok {
				c.Prometheus, c.Job = p.Path(), job
				clashes = append(clashes, c)
			}
		}
	}
	slices.SortFunc(clashes, func(a, b Clash) int { return cmp.Or(a.compare(b), a.compareReserved(b)) })
	// A Prometheus and an agent may have the same name, and a rival may be in the index twice:
	// each clash is reported once.
	return slices.CompactFunc(clashes, func(a, b Clash) bool { return a.compare(b) == 0 })
}

// compareReserved orders a known rival before the one that may replace it.
func (c Clash) compareReserved(other Clash) int {
	return cmp.Compare(c.Rival.Reserved, other.Rival.Reserved)
}

func (c Clash) compare(other Clash) int {
	return cmp.Or(
		strings.Compare(c.Prometheus, other.Prometheus),
		cmp.Compare(c.Claim, other.Claim),
		c.Rival.Compare(other.Rival.Ref),
		cmp.Compare(c.RivalClaim, other.RivalClaim))
}
