package jobs

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// A place is a job in a namespace.
type place struct{ namespace, job string }

// classed says that a scrape class, which is not known, may change the job.
func (c *Claim) classed() bool { return strings.HasPrefix(c.Filter, classPrefix) }

// constant is the job of a claim that has it whatever there is to select.
func (c *Claim) constant() (job string, ok bool) {
	return c.Job.Constant, c.Job.Constant != "" && !c.classed() && c.somewhere()
}

// somewhere says that the claim has targets, or may have.
func (c *Claim) somewhere() bool { return c.Services != nil || c.Pods != nil || len(c.Static) > 0 }

// only is the one namespace in which all targets are, there or not. Those that stand in
// the monitor itself count as being in its own.
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

// jobScopes are those under which a constant job is kept.
func (c *Claim) jobScopes(own string) []string {
	if o := c.objects(); o != nil {
		return o.scopes()
	}
	return []string{inAny, own}
}

// onService is the job that a claim has on a Service, if it has one there for certain. A
// claim that drops targets may drop all of a Service's.
func (c *Claim) onService(s *Service) (job string, ok bool) {
	o := c.Services
	if o == nil || c.Filter != "" || c.Job.unknown() || !o.reaches(s.Namespace) || !o.Selector.Matches(labels.Set(s.Labels)) || !slices.ContainsFunc(s.Ports, o.takes) {
		return "", false
	}
	return c.jobOf(s)
}

// jobOf is the job on a Service that the claim selects.
func (c *Claim) jobOf(s *Service) (job string, ok bool) {
	job = c.Job.on(s)
	return job, !c.Job.OfService || !strings.HasPrefix(job, "<") // no label's value begins so
}

// maxPlaces are more than a monitor owns that does not take everything.
const maxPlaces = 300

// An ownership is what a monitor owns: each place and each job, with the first claim that
// it is owned by.
type ownership struct {
	places map[place]int
	jobs   map[string]int
	order  []place // as found
	names  []string
}

// owned is what a monitor would own. A monitor that takes everything owns more than can
// be looked at: the first places count.
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
