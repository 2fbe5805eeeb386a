package alertpath

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/alertmanager/config"
	amcommoncfg "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/pkg/labels"
)

// A Verdict is what an Alertmanager does with an alert.
type Verdict struct {
	// Notifications are the routes that may match, in the order of the configuration.
	Notifications []Notification

	// Inhibitions are the rules because of which nobody may be told while another alert fires.
	Inhibitions []Inhibition

	// TooMany reports that there are more cases than are tried: every route counts as possible.
	TooMany bool
}

// A Notification is a route by which a receiver is told.
type Notification struct {
	Receiver string

	// Integrations are how the receiver is told: webhook, email. Without any, nobody is told.
	Integrations []string

	// Certain reports that the route matches whatever the unknown labels are. If not, DependsOn lists the labels that decide.
	Certain   bool
	DependsOn []string

	// Route are the matchers of the route and of those above it, the root first. Root reports whether it is the root route.
	Route []string
	Root  bool

	// GroupBy are the labels that alerts are grouped by. GroupByAll means by all of them.
	GroupBy                                  []string
	GroupByAll                               bool
	GroupWait, GroupInterval, RepeatInterval time.Duration

	// MutedIn and ActiveIn are the names of time intervals.
	MutedIn, ActiveIn []string
}

// An Inhibition is an inhibit rule whose target the alert is, or may be.
type Inhibition struct {
	Source, Target string
	Equal          []string
	Certain        bool
}

// Follow returns what an Alertmanager does with an alert.
func Follow(c *config.Config, l Labels) Verdict {
	t := newTree(c.Route, l)
	matched := t.run()
	v := Verdict{TooMany: t.given, Inhibitions: inhibitions(c, l)}
	integrations := map[string][]string{}
	for i := range c.Receivers {
		integrations[c.Receivers[i].Name] = IntegrationsOf(&c.Receivers[i])
	}
	root := dispatch.NewRoute(c.Route, nil)
	eachRoute(root, nil, func(r *dispatch.Route, above []string) {
		m := matched[r.Idx]
		if m == nil {
			return
		}
		n := notification(r, above)
		n.Root = r == root
		n.Integrations, n.Certain = integrations[n.Receiver], m.cases == t.cases
		if !n.Certain {
			n.DependsOn = slices.Sorted(maps.Keys(m.depends))
		}
		v.Notifications = append(v.Notifications, n)
	})
	return v
}

// eachRoute visits a route and those below it, with the matchers that lead to it.
func eachRoute(r *dispatch.Route, above []string, visit func(*dispatch.Route, []string)) {
	own := slices.Clone(above)
	if len(r.Matchers) > 0 {
		own = append(own, r.Matchers.String())
	}
	visit(r, own)
	for _, below := range r.Routes {
		eachRoute(below, own, visit)
	}
}

func notification(r *dispatch.Route, above []string) Notification {
	o := r.RouteOpts
	n := Notification{
		Receiver: o.Receiver, Route: above, GroupByAll: o.GroupByAll,
		GroupWait: o.GroupWait, GroupInterval: o.GroupInterval, RepeatInterval: o.RepeatInterval,
		MutedIn: o.MuteTimeIntervals, ActiveIn: o.ActiveTimeIntervals,
	}
	for name := range o.GroupBy {
		n.GroupBy = append(n.GroupBy, string(name))
	}
	slices.Sort(n.GroupBy)
	return n
}

// IntegrationsOf returns how a receiver is told, as the keys of its configuration name it: webhook, email.
func IntegrationsOf(r *config.Receiver) []string {
	var names []string
	for field, value := range reflect.ValueOf(r).Elem().Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if name, ok := strings.CutSuffix(key, "_configs"); ok && value.Len() > 0 {
			names = append(names, name)
		}
	}
	return names
}

// inhibitions returns the rules whose target an alert with these labels may be.
func inhibitions(c *config.Config, l Labels) []Inhibition {
	var found []Inhibition
	for _, written := range c.InhibitRules {
		rule := inhibit.NewInhibitRule(written)
		certain, possible := matchedBy(rule.TargetMatchers, l)
		if !possible {
			continue
		}
		found = append(found, Inhibition{
			Source: rule.SourceMatchers.String(), Target: rule.TargetMatchers.String(), Certain: certain, Equal: slices.Clone(written.Equal),
		})
	}
	return found
}

// matchedBy reports whether matchers certainly match, and whether they possibly do.
func matchedBy(matchers labels.Matchers, l Labels) (certain, possible bool) {
	t := newTree(&config.Route{Routes: []*config.Route{{Matchers: amcommoncfg.Matchers(matchers)}}}, l)
	matched := t.run()
	first := matched[t.root.Routes[0].Idx]
	if first == nil {
		return false, false
	}
	return first.cases == t.cases, true
}
