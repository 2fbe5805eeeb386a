package alertpath

import (
	"strings"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"

	"github.com/promgate/promgate/relabeling"
)

// A tree is a tree of routes, prepared for labels of which not all are known. A case is a label set with one value of each label
// that matters; [dispatch.Route.Match] runs for each of them.
//
// For a label with any value there are as many values as its matchers can tell apart: those that they list, a missing label, and one
// other value. A matcher with a regular expression that is no list is replaced by one on a label of its own, which is 0
// or 1: both outcomes are tried, whatever the other matchers of the label say. So no case is missed, and there may be
// cases that no alert is in: what is certain is certain, and what is possible may be impossible.
type tree struct {
	root   *dispatch.Route
	labels Labels
	values map[string][]string // by label, those to try

	matched map[int]*match // by the number of the route
	cases   int
	given   bool // there are too many cases
}

// A match is a route that matches in some cases.
type match struct {
	cases   int
	depends map[string]bool // the labels that decide, as far as their values are not known
}

// maxCases bounds the cases that are tried. Real configurations have some hundred.
const maxCases = 20_000

// replaced begins the name of a label that stands for a matcher.
const replaced = "\x00"

func newTree(root *config.Route, l Labels) *tree {
	t := &tree{labels: l, values: map[string][]string{}, matched: map[int]*match{}}
	t.root = dispatch.NewRoute(t.prepared(root), nil)
	return t
}

// prepared returns a copy of a route, and of those below it, whose matchers can be tried.
func (t *tree) prepared(r *config.Route) *config.Route {
	out := *r
	out.Match, out.MatchRE, out.Matchers, out.Routes = nil, nil, nil, nil
	for _, m := range r.AllMatchers() {
		out.Matchers = append(out.Matchers, t.tried(m))
	}
	for _, below := range r.Routes {
		out.Routes = append(out.Routes, t.prepared(below))
	}
	return &out
}

// tried notes the values that tell the outcomes of a matcher apart. It returns the matcher, or what replaces it.
func (t *tree) tried(m *labels.Matcher) *labels.Matcher {
	if values, known := t.labels.Of(m.Name); known {
		t.values[m.Name] = values
		return m
	}
	listed, ok := listedBy(m)
	if ok {
		if t.values[m.Name] == nil {
			t.values[m.Name] = []string{"", "any other value"}
		}
		for _, value := range listed {
			t.values[m.Name] = appendNew(t.values[m.Name], value)
		}
		return m
	}
	name := replaced + m.Name + replaced + m.Value
	t.values[name] = []string{"0", "1"}
	kind := labels.MatchEqual
	if m.Type == labels.MatchNotRegexp {
		kind = labels.MatchNotEqual
	}
	return &labels.Matcher{Type: kind, Name: name, Value: "1"}
}

// listedBy returns the values that a matcher lists, if it tells no others apart but a missing label.
func listedBy(m *labels.Matcher) (values []string, ok bool) {
	if m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual {
		return []string{m.Value}, true
	}
	switch m.Value {
	case "", ".*", ".+", "(.*)", "(.+)":
		return nil, true
	}
	return relabeling.Literals(m.Value)
}

// try runs the cases that begin with some values of labels, and that no other case is like.
func (t *tree) try(known model.LabelSet) {
	if t.given {
		return
	}
	name, _ := undecided(t.root, known)
	if name == "" {
		t.decide(known)
		return
	}
	for _, value := range t.values[name] {
		next := known.Clone()
		next[model.LabelName(name)] = model.LabelValue(value)
		t.try(next)
	}
}

// undecided returns a label without which it is open whether a route or one below it matches, as [dispatch.Route.Match]
// decides it, or whether the route matches.
func undecided(r *dispatch.Route, known model.LabelSet) (name string, matches bool) {
	for _, m := range r.Matchers {
		value, ok := known[model.LabelName(m.Name)]
		if !ok {
			return m.Name, false
		}
		if !m.Matches(string(value)) {
			return "", false
		}
	}
	for _, below := range r.Routes {
		name, matches := undecided(below, known)
		if name != "" {
			return name, false
		}
		if matches && !below.Continue {
			break
		}
	}
	return "", true
}

// decide lets Alertmanager decide one case.
func (t *tree) decide(known model.LabelSet) {
	if t.cases++; t.cases > maxCases {
		t.given = true
		return
	}
	for _, r := range t.root.Match(known) {
		m := t.matched[r.Idx]
		if m == nil {
			m = &match{depends: map[string]bool{}}
			t.matched[r.Idx] = m
		}
		m.cases++
		for name := range known {
			if len(t.values[string(name)]) > 1 {
				m.depends[shownName(string(name))] = true
			}
		}
	}
}

// shownName returns the label that a matcher is about, also if the matcher was replaced.
func shownName(name string) string {
	if rest, ok := strings.CutPrefix(name, replaced); ok {
		name, _, _ = strings.Cut(rest, replaced)
	}
	return name
}

// run tries all cases, and returns what is known of each route that may match, in the order of the configuration.
func (t *tree) run() map[int]*match {
	t.try(model.LabelSet{})
	if !t.given {
		return t.matched
	}
	t.cases, t.matched = -1, map[int]*match{}
	t.root.Walk(func(r *dispatch.Route) { t.matched[r.Idx] = &match{depends: map[string]bool{}} })
	return t.matched
}
