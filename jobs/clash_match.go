package jobs

import (
	"cmp"
	"slices"

	"github.com/promgate/promgate/relabeling"
)

// unknown says that the job depends on what the index does not hold.
func (j Job) unknown() bool { return j.Constant == "" && !j.OfService }

// on is the job on a Service.
func (j Job) on(s *Service) string {
	if !j.OfService {
		return j.Constant
	}
	if j.Label == "" {
		return s.Name
	}
	// Prometheus sees names that are made fit: k8s-app and k8s_app are one.
	value, found := "", false
	for name, v := range s.Labels {
		if relabeling.SanitizeLabelName(name) != relabeling.SanitizeLabelName(j.Label) {
			continue
		}
		if found {
			return "<one of several labels " + relabeling.SanitizeLabelName(j.Label) + ">" // which, is not certain
		}
		value, found = v, true
	}
	return cmp.Or(value, s.Name)
}

// words are the job, where there is no Service to tell it.
func (j Job) words() string {
	switch {
	case !j.OfService:
		return j.Constant
	case j.Label == "":
		return "<name of the Service>"
	}
	return "<label " + j.Label + " of the Service>"
}

// takes says whether the claim takes a port of a Service.
func (o *Objects) takes(p ServicePort) bool {
	switch {
	case o.Port != "":
		return o.Port == p.Name
	case o.TargetPort != "":
		return o.TargetPort == p.TargetPort
	}
	return true
}

// reaches says whether the claim looks in a namespace.
func (o *Objects) reaches(namespace string) bool {
	return o.Namespaces == nil || slices.Contains(o.Namespaces, namespace)
}

// overlap is the first namespace that both look in. It is empty if both look in all.
func (o *Objects) overlap(other *Objects) (namespace string, ok bool) {
	if o.Namespaces == nil && other.Namespaces == nil {
		return "", true
	}
	if o.Namespaces == nil {
		o, other = other, o
	}
	for _, n := range o.Namespaces {
		if other.reaches(n) && (!ok || n < namespace) {
			namespace, ok = n, true
		}
	}
	return namespace, ok
}

// narrower is the one of two that takes only what the other takes too; nil if that is
// not so, or if it takes nothing. One that takes everything is not compared: it is meant
// to take what others take, and nothing may be there.
func narrower(a, b *Objects) *Objects {
	narrow := a
	switch {
	case len(a.Requirements) == 0 || len(b.Requirements) == 0:
		return nil
	case among(a.Requirements, b.Requirements):
		narrow = b
	case !among(b.Requirements, a.Requirements):
		return nil
	}
	if !satisfiable(narrow.Requirements) {
		return nil
	}
	return narrow
}
