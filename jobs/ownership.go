package jobs

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// A place is a job in a namespace.
type place struct{ namespace, job string }

// classed reports whether the claim names a scrape class, which may change the job.
func (c *Claim) classed() bool { return strings.HasPrefix(c.Filter, classPrefix) }

// constant returns the job of a claim if it is the same for all its targets.
func (c *Claim) constant() (job string, ok bool) {
	return c.Job.Constant, c.Job.Constant != "" && !c.classed() && c.somewhere()
}

// somewhere reports whether the claim has targets, or may have some.
func (c *Claim) somewhere() bool { return c.Services != nil || c.Pods != nil || len(c.Static) > 0 }

// only returns the namespace of all targets, if they are in one, whether or not they exist. Static
// targets count as being in the monitor's own namespace.
func (c *Claim) only(own string) (namespace string, ok bool) {
	o := c.objects()
	switch {
	case o == nil:
		return own, len(c.Static) > 0
	case len(o.Namespaces) != 1:
		return "", false
	}
	return o.Namespaces[0], true
}

func (c *Claim) objects() *Objects {
	if c.Services != nil {
		return c.Services
	}
	return c.Pods
}

// jobScopes returns the scopes that list a constant job.
func (c *Claim) jobScopes(own string) []string {
	if o := c.objects(); o != nil {
		return o.scopes()
	}
	return []string{inAny, own}
}

// onService returns the job of a claim on a Service, if the claim certainly scrapes it. A claim that
// drops targets may drop all targets of a Service.
func (c *Claim) onService(s *Service) (job string, ok bool) {
	o := c.Services
	if o == nil || c.Filter != "" || c.Job.unknown() || !o.reaches(s.Namespace) || !o.Selector.Matches(labels.Set(s.Labels)) || !slices.ContainsFunc(s.Ports, o.takes) {
		return "", false
	}
	return c.jobOf(s)
}

// jobOf returns the job on a Service that the claim selects.
func (c *Claim) jobOf(s *Service) (job string, ok bool) {
	job = c.Job.on(s)
	return job, !c.Job.OfService || !strings.HasPrefix(job, "<") // no value of a label begins with it
}

// maxPlaces limits how many places of a monitor are looked at. Only a monitor that selects
// everything owns more.
const maxPlaces = 300

// An ownership is what a monitor owns: each place and each job, with the first claim that owns
// it.
type ownership struct {
	places map[place]int
	jobs   map[string]int
	order  []place // as found
	names  []string
}

// owned returns what a monitor would own. A monitor that selects everything owns more than can be
// looked at: only the first places count.
func (x *Index) owned(m *Monitor) ownership {
	o := ownership{places: map[place]int{}, jobs: map[string]int{}}
	selecting := chosen{services: &x.services, looks: maxLooksForClaims}
	for i := range m.Claims {
		c := &m.Claims[i]
		if job, ok := c.constant(); ok {
			o.addJob(job, i)
			if namespace, ok := c.only(m.Namespace); ok {
				o.add(place{namespace, job}, i)
			}
		}
		if c.Services == nil || c.Filter != "" || c.Job.unknown() {
			continue
		}
		few, _ := selecting.by(c.Services)
		for _, s := range few {
			if job, ok := c.jobOf(s); ok && len(o.places) < maxPlaces && slices.ContainsFunc(s.Ports, c.Services.takes) {
				o.add(place{s.Namespace, job}, i)
			}
		}
	}
	return o
}

func (o *ownership) add(p place, claim int) {
	o.addJob(p.job, claim)
	if _, known := o.places[p]; !known {
		o.places[p] = claim
		o.order = append(o.order, p)
	}
}

func (o *ownership) addJob(job string, claim int) {
	if _, known := o.jobs[job]; !known {
		o.jobs[job] = claim
		o.names = append(o.names, job)
	}
}
