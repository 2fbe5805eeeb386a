package notification

import (
	"fmt"
	"slices"

	"github.com/prometheus/alertmanager/pkg/labels"

	"github.com/promgate/promgate/validation"
)

// RouteUnreachable warns about a route that no alert can reach.
var RouteUnreachable = validation.Check[*Config]{
	ID: "route-unreachable", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "No alert reaches the route",
		Text: `Alertmanager goes through the routes from the first to the last, and stops at the first that matches, unless it has
` + "`continue: true`" + `. A route is reported if no alert can reach it, whatever its labels are:

- An earlier route beside it matches every alert that it matches, and has no ` + "`continue`" + `. Move the narrower one up.
- Its matchers, with those of the routes around it, ask for two values of one label.
- The operator adds a matcher for the namespace of the AlertmanagerConfig (` + "`alertmanagerConfigMatcherStrategy`" + `), and a route asks for
  another namespace. Alerts of other namespaces need an object there, or the strategy ` + "`None`" + `.

Matchers are compared as Alertmanager's own: equal ones, and those that a value which another one asks for answers. Two regular
expressions are not compared.`,
		Since: "v0.1.0",
	},
	Run: func(c *Config, _ validation.Snapshot) []validation.Finding {
		w := &unreachable{confined: c.confined(), dead: map[*Route]bool{}}
		c.Route.walk(w.confined, w.visit)
		return w.found
	},
}

// unreachable finds the routes that no alert reaches, and not those below them as well.
type unreachable struct {
	confined labels.Matchers
	dead     map[*Route]bool
	found    []validation.Finding
}

func (w *unreachable) visit(r *Route, above labels.Matchers) {
	if !w.dead[r] {
		w.contradiction(r, above)
	}
	for i, below := range r.Routes {
		if w.dead[r] {
			w.dead[below] = true
			continue
		}
		if earlier := shadow(r.Routes[:i], slices.Concat(above, r.Matchers, below.Matchers)); earlier != nil {
			w.report(below, shadowed(earlier), "move it before that route, or set continue there")
		}
	}
}

func (w *unreachable) report(r *Route, problem, fix string) {
	w.dead[r] = true
	w.found = append(w.found, r.Finding(problem, fix, r.Matchers.String()))
}

// contradiction reports a route that asks for two values of one label.
func (w *unreachable) contradiction(r *Route, above labels.Matchers) {
	m, other := contradiction(r.Matchers, above)
	switch {
	case m == nil:
	case slices.Contains(w.confined, other):
		w.report(r, fmt.Sprintf("no alert gets here: it asks for %s, and the operator adds %s", m, other), "remove the matcher, or move the object into that namespace")
	default:
		w.report(r, fmt.Sprintf("no alert gets here: none has both %s and %s", m, other), "remove one of the matchers")
	}
}

func shadowed(earlier *Route) string {
	if len(earlier.Matchers) == 0 {
		return fmt.Sprintf("no alert gets here: an earlier route, to %q, has no matchers and takes all of them", earlier.Receiver)
	}
	return fmt.Sprintf("no alert gets here: an earlier route, to %q, takes all that match %s", earlier.Receiver, earlier.Matchers)
}

// shadow returns the first of some routes that takes every alert with these matchers.
func shadow(earlier []*Route, matchers labels.Matchers) *Route {
	for _, e := range earlier {
		if !e.Continue && impliesAll(matchers, e.Matchers) {
			return e
		}
	}
	return nil
}

// impliesAll reports whether each alert that has all of some matchers certainly has all of others.
func impliesAll(some, others labels.Matchers) bool {
	return !slices.ContainsFunc(others, func(o *labels.Matcher) bool { return !implies(some, o) })
}

func implies(some labels.Matchers, other *labels.Matcher) bool {
	return slices.ContainsFunc(some, func(m *labels.Matcher) bool {
		return m.Name == other.Name && (same(m, other) || m.Type == labels.MatchEqual && other.Matches(m.Value))
	})
}

func same(a, b *labels.Matcher) bool {
	return a.Name == b.Name && a.Type == b.Type && a.Value == b.Value
}

// contradiction returns a matcher of some that no alert can have beside one of others, and that one.
func contradiction(some, others labels.Matchers) (m, other *labels.Matcher) {
	for i, m := range some {
		for _, other := range slices.Concat(others, some[:i]) {
			if excludes(m, other) || excludes(other, m) {
				return m, other
			}
		}
	}
	return nil, nil
}

// excludes reports whether the value that m asks for is none that other matches.
func excludes(m, other *labels.Matcher) bool {
	return m.Name == other.Name && m.Type == labels.MatchEqual && !other.Matches(m.Value)
}
