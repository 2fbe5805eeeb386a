package jobs

import (
	"slices"
	"strings"
)

// words holds strings that many monitors have in common: names of labels and of namespaces,
// addresses. Each is kept once, as long as a monitor uses it. Names of objects and values of labels
// are not shared: too many of them occur only once.
type words map[string]word

type word struct {
	text string
	uses int
}

func (w words) take(s string) string {
	if s == "" {
		return ""
	}
	known, found := w[s]
	if !found {
		known.text = strings.Clone(s) // it may be a part of a longer string
	}
	known.uses++
	w[known.text] = known
	return known.text
}

func (w words) drop(s string) string {
	known, found := w[s]
	if !found {
		return s
	}
	known.uses--
	if known.uses == 0 {
		delete(w, s)
	} else {
		w[s] = known
	}
	return s
}

// share returns a copy of a monitor that uses the shared strings.
func (w words) share(m *Monitor) Monitor { return each(m, w.take) }

// release gives up the strings that the copy uses.
func (w words) release(m *Monitor) { each(m, w.drop) }

// each returns a copy of a monitor, with the result of a function for each string that often
// repeats.
func each(m *Monitor, with func(string) string) Monitor {
	c := *m
	c.Namespace, c.Release, c.Instance = with(m.Namespace), with(m.Release), with(m.Instance)
	if m.Labels != nil {
		c.Labels = make(map[string]string, len(m.Labels))
	}
	for key, value := range m.Labels {
		c.Labels[with(key)] = value
	}
	c.Claims = slices.Clone(m.Claims)
	for i := range c.Claims {
		claim := &c.Claims[i]
		claim.Address, claim.Filter, claim.Job.Label = with(claim.Address), with(claim.Filter), with(claim.Job.Label)
		claim.Services, claim.Pods = eachOfObjects(claim.Services, with), eachOfObjects(claim.Pods, with)
	}
	return c
}

func eachOfObjects(o *Objects, with func(string) string) *Objects {
	if o == nil {
		return nil
	}
	c := *o
	c.Port, c.TargetPort = with(o.Port), with(o.TargetPort)
	c.Namespaces = slices.Clone(o.Namespaces)
	for i, namespace := range c.Namespaces {
		c.Namespaces[i] = with(namespace)
	}
	return &c
}
