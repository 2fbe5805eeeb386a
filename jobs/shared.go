package jobs

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Shared returns the jobs that a monitor would share with others if it were stored as it is,
// whatever they scrape: the clashes in scopes that are stricter than an endpoint. They are ordered by
// scope, Prometheus, rival, job and namespace. There is one for each rival, job and namespace, or for
// each rival and job if the two have no namespace in common. The stored monitor of the same Ref is no
// rival.
//
// If one job has very many owners, not all of them are looked at.
func (x *Index) Shared(m *Monitor) []Clash {
	x.mu.RLock()
	defer x.mu.RUnlock()
	takers := x.takers(m)
	if len(takers) == 0 {
		return nil
	}
	s := sharing{index: x, mine: m, found: map[share]Clash{}, looks: maxLooks}
	s.labels = slices.Sorted(maps.Keys(x.monitors.labels))
	s.labels = s.labels[:min(len(s.labels), maxLabels)]
	owned := x.owned(m)
	s.inPlaces(owned)
	s.unseen()
	s.looks = maxLooks
	s.anywhere(owned)
	return s.under(takers)
}

const (
	// maxLooks limits how many monitors and Services are looked at, once for jobs that are shared
	// in a namespace, and once for jobs that are shared at all.
	maxLooks = 1000

	// maxLooksInNamespace limits how many Services of a namespace are looked at for each owner of a
	// constant job that selects in several namespaces: the first few are likely to be enough.
	maxLooksInNamespace = 200

	// maxLabels limits how many labels are searched for jobs. A cluster uses a handful.
	maxLabels = 50
)

// A sharing collects the jobs that would be shared if one Prometheus selected both monitors.
type sharing struct {
	index  *Index
	mine   *Monitor
	labels []string // the labels of Services that name jobs
	found  map[share]Clash
	looks  int // how many are left
}

// A share is reported once. Its namespace is empty if the two have none in common.
type share struct {
	place

	rival id
}

// candidates calls a function for each monitor of a term.
func (s *sharing) candidates(t term, each func(n id, rival *Monitor)) {
	for n := range s.index.monitors.terms.all(t) {
		if s.looks == 0 || len(s.found) >= maxClashes {
			return
		}
		s.looks--
		if rival := &s.index.monitors.list[n].Monitor; rival.Ref != s.mine.Ref {
			each(n, rival)
		}
	}
}

// inPlaces finds the monitors that own the same job in the same namespace.
func (s *sharing) inPlaces(mine ownership) {
	for _, p := range mine.order {
		found := func(n id, rival *Monitor) {
			s.put(n, p, Clash{Scope: ScopeNamespace, Namespace: p.namespace, Claim: mine.places[p], Rival: rival})
		}
		constant := func(n id, rival *Monitor) {
			if slices.ContainsFunc(rival.Claims, func(c Claim) bool { return s.index.isConstantIn(&c, rival.Namespace, p) }) {
				found(n, rival)
			}
		}
		s.candidates(termOfJob(p.namespace, p.job), constant)
		s.candidates(termOfJob(inAll, p.job), constant)
		s.onServices(p.namespace, p.job, found)
	}
}

// isConstantIn reports whether a claim has a constant job in a namespace: it selects in no other,
// or a Service exists there.
func (x *Index) isConstantIn(c *Claim, own string, p place) bool {
	if job, ok := c.constant(); !ok || job != p.job {
		return false
	}
	if namespace, ok := c.only(own); ok {
		return namespace == p.namespace
	}
	if c.Services == nil || c.Filter != "" || !c.Services.reaches(p.namespace) {
		return false
	}
	there := *c.Services
	there.Namespaces = []string{p.namespace}
	for s := range x.services.matching(&there, maxLooksInNamespace) {
		if slices.ContainsFunc(s.Ports, there.takes) {
			return true
		}
	}
	return false
}

// onServices finds the monitors that have the job on a Service of a scope.
func (s *sharing) onServices(scope, job string, found func(id, *Monitor)) {
	terms := []term{{about: aboutName, scope: scope, key: job}}
	for _, label := range s.labels {
		terms = append(terms, term{about: aboutLabels, scope: scope, key: label, value: job})
	}
	for _, t := range terms {
		for n := range s.index.services.terms.all(t) {
			if s.looks == 0 || len(s.found) >= maxClashes {
				return
			}
			s.looks--
			service := s.index.services.list[n]
			if scope == inAny || service.Namespace == scope {
				s.onService(service, job, found)
			}
		}
	}
}

func (s *sharing) onService(service *Service, job string, found func(id, *Monitor)) {
	selecting := func(n id, rival *Monitor) {
		if slices.ContainsFunc(rival.Claims, func(c Claim) bool { theirs, ok := c.onService(service); return ok && theirs == job }) {
			found(n, rival)
		}
	}
	// A selector that matches the Service requires one of its labels, or no label with one value.
	for _, scope := range []string{service.Namespace, inAll} {
		s.candidates(one(aboutServices, scope, "", "", anyShape), selecting)
		for key, value := range service.Labels {
			s.candidates(one(aboutServices, scope, key, value, anyShape), selecting)
		}
	}
}

// unseen finds the monitors with the same job and the same selector, or a wider or narrower one,
// whether or not anything exists that they select. It skips monitors that are found already.
func (s *sharing) unseen() {
	known := map[id]bool{}
	for at := range s.found {
		known[at.rival] = true
	}
	for i := range s.mine.Claims {
		c := &s.mine.Claims[i]
		if c.Job.unknown() || i > 0 && c.ownsLike(&s.mine.Claims[i-1]) {
			continue
		}
		s.bySelection(i, aboutServices, c.Services, servicesOf, known)
		if !c.Job.OfService {
			s.bySelection(i, aboutPods, c.Pods, podsOf, known)
		}
	}
}

// ownsLike reports whether another claim of the same monitor owns the same, on whatever port.
func (c *Claim) ownsLike(other *Claim) bool {
	mine, theirs := c.objects(), other.objects()
	return mine != nil && theirs != nil && mine.sameChoice(theirs) && (c.Pods == nil) == (other.Pods == nil) && c.Job == other.Job && c.Filter == other.Filter
}

func (s *sharing) bySelection(i int, of about, mine *Objects, objects func(*Claim) *Objects, known map[id]bool) {
	if mine == nil {
		return
	}
	c := &s.mine.Claims[i]
	for t := range s.index.monitors.akin(of, mine, anyShape) {
		s.candidates(t, func(n id, rival *Monitor) {
			if known[n] {
				return
			}
			for j := range rival.Claims {
				r := &rival.Claims[j]
				theirs := objects(r)
				if theirs == nil || r.Job != c.Job || r.Filter != c.Filter || narrower(mine, theirs) == nil {
					continue
				}
				if namespace, ok := mine.overlap(theirs); ok {
					s.put(n, place{namespace, c.Job.words()}, Clash{
						Scope: ScopeNamespace, Namespace: cmp.Or(namespace, s.mine.Namespace), Anywhere: namespace == "", Claim: i, Rival: rival,
					})
				}
			}
		})
	}
}

// anywhere finds the monitors that own the same job in any namespace.
func (s *sharing) anywhere(mine ownership) {
	type pair struct {
		rival id
		job   string
	}
	known := map[pair]bool{}
	for at := range s.found {
		known[pair{at.rival, at.job}] = true
	}
	for _, job := range mine.names {
		found := func(n id, rival *Monitor) {
			if !known[pair{n, job}] {
				s.put(n, place{job: job}, Clash{Scope: ScopePrometheus, Namespace: s.mine.Namespace, Anywhere: true, Claim: mine.jobs[job], Rival: rival})
			}
		}
		s.candidates(termOfJob(inAny, job), func(n id, rival *Monitor) {
			if slices.ContainsFunc(rival.Claims, func(c Claim) bool { theirs, ok := c.constant(); return ok && theirs == job }) {
				found(n, rival)
			}
		})
		s.onServices(inAny, job, found)
	}
}

func (s *sharing) put(n id, p place, c Clash) {
	at := share{rival: n, place: p}
	if _, found := s.found[at]; !found {
		c.Mine, c.Job = s.mine, p.job
		s.found[at] = c
	}
}

// under returns the shared jobs of each Prometheus that selects the rival too.
func (s *sharing) under(takers []prometheus) []Clash {
	var clashes []Clash
	for _, c := range s.found {
		for _, p := range takers {
			if s.index.selects(p.selectors, c.Rival) && p.classes.certain(s.mine) && p.classes.certain(c.Rival) {
				c.Prometheus = p.Path()
				clashes = append(clashes, c)
			}
		}
	}
	slices.SortFunc(clashes, func(a, b Clash) int { return cmp.Or(a.compareShared(b), a.compareReserved(b)) })
	return slices.CompactFunc(clashes, func(a, b Clash) bool { return a.compareShared(b) == 0 })
}

func (c Clash) whereabouts() int {
	if c.Anywhere {
		return 1
	}
	return 0
}

func (c Clash) compareShared(other Clash) int {
	return cmp.Or(
		cmp.Compare(c.Scope.strictness(), other.Scope.strictness()),
		strings.Compare(c.Prometheus, other.Prometheus),
		c.Rival.Compare(other.Rival.Ref),
		strings.Compare(c.Job, other.Job),
		strings.Compare(c.Namespace, other.Namespace),
		cmp.Compare(c.whereabouts(), other.whereabouts()))
}
