package jobs

import (
	"cmp"
	"slices"

	"github.com/promgate/promgate/relabeling"
)

// unknown reports whether the job depends on something that the index does not hold.
func (j Job) unknown() bool { return j.Constant == "" && !j.OfService }

// on returns the job on a Service.
func (j Job) on(s *Service) string {
	if !j.OfService {
		return j.Constant
	}
	if j.Label == "" {
		return s.Name
	}
	// Prometheus sees sanitized names: k8s-app and k8s_app are the same label.
	value, found := "", false
	for name, v := range s.Labels {
		if relabeling.SanitizeLabelName(name) != relabeling.SanitizeLabelName(j.Label) {
			continue
		}
		if found {
			return "<one of several labels " + relabeling.SanitizeLabelName(j.Label) + ">" // it is not certain which one
		}
		value, found = v, true
	}
	return cmp.Or(value, s.Name)
}

// words returns the job in words if it is named after a Service that is not known.
func (j Job) words() string {
	switch {
	case !j.OfService:
		return j.Constant
	case j.Label == "":
		return "<name of the Service>"
	}
	return "<label " + j.Label + " of the Service>"
}

// takes reports whether the claim scrapes a port of a Service.
func (o *Objects) takes(p ServicePort) bool {
	switch {
	case o.Port != "":
		return o.Port == p.Name
	case o.TargetPort != "":
		return o.TargetPort == p.TargetPort
	}
	return true
}

// reaches reports whether the claim selects objects in a namespace.
func (o *Objects) reaches(namespace string) bool {
	return o.Namespaces == nil || slices.Contains(o.Namespaces, namespace)
}

// overlap returns the first namespace in which both select objects. It is empty if both select
// in all namespaces.
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

// narrower returns the one of two that selects a subset of the other's objects; nil if neither
// does, or if nothing can match it. A selector that selects everything is not compared: it is
// meant to select what others select, and nothing may exist.
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
