package jobs

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	operators "k8s.io/apimachinery/pkg/selection"

	"github.com/promgate/promgate/relabeling"
)

// Elsewhere is about a ServiceMonitor that selects no Service in the namespaces that it looks into,
// and selects some in others.
type Elsewhere struct {
	Namespaces []string // that it looks into
	Service    string   // the first one elsewhere, namespace/name
	Namespace  string   // of that Service
	Services   int      // the number of Services elsewhere
}

// maxMembers limits how many monitors of a namespace are looked at.
const maxMembers = 1000

// Elsewhere returns whether a ServiceMonitor selects Services only in namespaces that it does not
// look into. Services without its ports do not count, nor those that a monitor in their own
// namespace scrapes: another release of the same application has these.
func (x *Index) Elsewhere(m *Monitor) (Elsewhere, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	first := slices.IndexFunc(m.Claims, func(c Claim) bool { return c.Services != nil })
	if first < 0 {
		return Elsewhere{}, false
	}
	o := m.Claims[first].Services
	if o.Namespaces == nil || !slices.ContainsFunc(o.Requirements, asksForValue) {
		return Elsewhere{}, false
	}
	here, all := x.services.fewSelected(o, maxServices)
	if len(here) > 0 || !all {
		return Elsewhere{}, false
	}
	anywhere := *o
	anywhere.Namespaces = nil
	there, all := x.services.fewSelected(&anywhere, maxServices)
	if !all {
		return Elsewhere{}, false
	}
	there = slices.DeleteFunc(there, func(s *Service) bool { return !m.takesPortOf(s) })
	if len(there) == 0 || slices.ContainsFunc(there, x.isScrapedAtHome) {
		return Elsewhere{}, false
	}
	return Elsewhere{
		Namespaces: o.Namespaces, Service: there[0].Namespace + "/" + there[0].Name, Namespace: there[0].Namespace, Services: len(there),
	}, true
}

// asksForValue reports whether only some values of a label meet a requirement.
func asksForValue(r labels.Requirement) bool { return operatorOf(r) == operators.In }

func (m *Monitor) takesPortOf(s *Service) bool {
	return slices.ContainsFunc(m.Claims, func(c Claim) bool {
		return c.Services != nil && slices.ContainsFunc(s.Ports, c.Services.takes)
	})
}

// isScrapedAtHome reports whether a monitor in the namespace of a Service selects it.
func (x *Index) isScrapedAtHome(s *Service) bool {
	looks := maxMembers
	for n := range x.monitors.terms.all(term{about: aboutMembers, scope: s.Namespace}) {
		looks--
		if looks == 0 {
			return true // there may be one
		}
		e := x.monitors.list[n]
		if e.Namespace == s.Namespace && slices.ContainsFunc(e.Claims, func(c Claim) bool { return c.selects(s) }) {
			return true
		}
	}
	return false
}

func (c *Claim) selects(s *Service) bool {
	return c.Services != nil && c.Services.reaches(s.Namespace) && c.Services.Selector.Matches(labels.Set(s.Labels))
}

// Unlabeled is about a ServiceMonitor that names its jobs after a label which none of the Services
// that it selects has.
type Unlabeled struct {
	Label    string
	Service  string // the first one, namespace/name
	Services int    // their number
}

// Unlabeled returns whether no selected Service has the label that names the jobs. It omits a
// ServiceMonitor that selects no Service, or whose relabelings set the job, and one that names a
// Service instead of a label: the job is the one that it names.
func (x *Index) Unlabeled(m *Monitor) (Unlabeled, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	label, selected := "", []*Service(nil)
	selecting := chosen{services: &x.services, looks: maxLooksForClaims}
	for i := range m.Claims {
		c := &m.Claims[i]
		if c.Services == nil || !c.Job.OfService || c.Job.Label == "" {
			return Unlabeled{}, false
		}
		few, all := selecting.by(c.Services)
		if !all || slices.ContainsFunc(few, func(s *Service) bool { return s.Name == c.Job.Label || s.has(c.Job.Label) }) {
			return Unlabeled{}, false
		}
		label, selected = c.Job.Label, few
	}
	if len(selected) == 0 {
		return Unlabeled{}, false
	}
	return Unlabeled{Label: label, Service: selected[0].Namespace + "/" + selected[0].Name, Services: len(selected)}, true
}

// has reports whether a relabeling may find the label on the Service, maybe under a name that is
// the same in Prometheus.
func (s *Service) has(label string) bool {
	name := relabeling.SanitizeLabelName(label)
	for key, value := range s.Labels {
		if value != "" && relabeling.SanitizeLabelName(key) == name {
			return true
		}
	}
	return false
}

// maxLooksForPorts limits how many Services are looked at for the ports of their pods.
const maxLooksForPorts = 500

// PodPorts returns, for each endpoint of a ServiceMonitor, the ports of the pods that the selected
// Services have behind its port.
func (x *Index) PodPorts(m *Monitor) map[int][]string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	all := map[int][]string{}
	selecting := chosen{services: &x.services, looks: maxLooksForPorts}
	for i := range m.Claims {
		c := &m.Claims[i]
		if c.Services == nil || c.Services.Port == "" {
			continue
		}
		few, isAll := selecting.by(c.Services)
		if !isAll {
			continue
		}
		for _, s := range few {
			for _, p := range s.Ports {
				if c.Services.takes(p) && !slices.Contains(all[c.Endpoint], p.TargetPort) && len(all[c.Endpoint]) < maxPortNames {
					all[c.Endpoint] = append(all[c.Endpoint], p.TargetPort)
				}
			}
		}
	}
	return all
}
