package alertpath_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/promgate/promgate/alertpath"
	"github.com/promgate/promgate/promql/resultlabels"
)

// TestFollowIsRight: for random routes, and random alerts of a rule, Alertmanager's own decision agrees with what was said before: what is
// certain happens, and nothing happens that is not possible. Where all labels are known, both are the same.
func TestFollowIsRight(t *testing.T) {
	certain, possible := 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := &config.Config{Route: randomRoute(r, 3)}
		c.Route.Match, c.Route.Matchers = nil, nil
		number(c.Route, new(int))
		expr := []string{"vector(1)", `sum by (a, b) (m)`, `sum by (a) (m{a=~"x|y"})`, `m{b="x"}`}[r.IntN(4)]
		l, err := alertpath.OfRule(alertpath.Rule{Alert: "A", Expr: expr, Labels: map[string]string{"c": "x"}}, parser.Options{}, resultlabels.Options{})
		if err != nil {
			t.Fatal(err)
		}
		v := alertpath.Follow(c, l)
		for range 50 {
			set := randomAlert(r, l)
			var got []string
			for _, m := range dispatch.NewRoute(c.Route, nil).Match(set) {
				got = append(got, m.RouteOpts.Receiver)
			}
			for _, n := range v.Notifications {
				matches := slices.Contains(got, n.Receiver)
				if n.Certain && !matches {
					t.Fatalf("seed %d: %s is certain, and Alertmanager does not tell it of %s: %v", seed, n.Receiver, set, got)
				}
				got = slices.DeleteFunc(got, func(name string) bool { return name == n.Receiver })
				if n.Certain {
					certain++
				} else {
					possible++
				}
			}
			if len(got) > 0 {
				t.Fatalf("seed %d: Alertmanager tells %v of %s, which is said to be impossible", seed, got, set)
			}
		}
		if expr == "vector(1)" && slices.ContainsFunc(v.Notifications, func(n alertpath.Notification) bool { return !n.Certain }) {
			t.Errorf("seed %d: all labels are known, and not all is certain", seed)
		}
	}
	if certain < 1000 || possible < 1000 {
		t.Errorf("%d certain and %d possible notifications: the routes are too much alike", certain, possible)
	}
}

// number gives each route a receiver of its own.
func number(r *config.Route, n *int) {
	*n++
	r.Receiver = fmt.Sprint("receiver", *n)
	for _, below := range r.Routes {
		number(below, n)
	}
}

func randomRoute(r *rand.Rand, depth int) *config.Route {
	route := &config.Route{Continue: r.IntN(3) == 0}
	for range r.IntN(3) {
		kind := []labels.MatchType{labels.MatchEqual, labels.MatchNotEqual, labels.MatchRegexp, labels.MatchNotRegexp}[r.IntN(4)]
		value := []string{"", "x", "y"}[r.IntN(3)]
		if kind == labels.MatchRegexp || kind == labels.MatchNotRegexp {
			value = []string{"x", "x|y", ".*", ".+", "x.*", "[xy]z?", "", "(x|z)"}[r.IntN(8)]
		}
		m, err := labels.NewMatcher(kind, []string{"a", "b", "c", "d", "alertname"}[r.IntN(5)], value)
		if err != nil {
			panic(err)
		}
		route.Matchers = append(route.Matchers, m)
	}
	if r.IntN(4) == 0 {
		route.Match = map[string]string{"a": "x"}
	}
	if depth > 0 {
		for range r.IntN(4) {
			route.Routes = append(route.Routes, randomRoute(r, depth-1))
		}
	}
	return route
}

// randomAlert returns an alert that has labels as they are known.
func randomAlert(r *rand.Rand, l alertpath.Labels) model.LabelSet {
	set := model.LabelSet{}
	for _, name := range []string{"a", "b", "c", "d", "alertname"} {
		values, known := l.Of(name)
		if !known {
			values = []string{"", "x", "y", "z", "xz", "yz", "w"}
		}
		if value := values[r.IntN(len(values))]; value != "" {
			set[model.LabelName(name)] = model.LabelValue(value)
		}
	}
	return set
}

// TestFollowCases: what is known of one label decides, also over several routes.
func TestFollowCases(t *testing.T) {
	const routes = `
route:
  receiver: rest
  routes:
  - {receiver: page, matchers: ['severity="critical"']}
  - {receiver: chat, matchers: ['severity!="critical"'], group_by: [job], mute_time_intervals: [night]}
inhibit_rules:
- {source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: [job]}
- {source_matchers: ['alertname="Other"'], target_matchers: ['severity=~"warn.*"']}
receivers:
- {name: rest}
- {name: page, webhook_configs: [{url: "http://a"}]}
- {name: chat, slack_configs: [{api_url: "http://a"}], email_configs: [{to: a@b, from: a@b, smarthost: "a:25"}]}
time_intervals:
- {name: night, time_intervals: [{times: [{start_time: "22:00", end_time: "23:00"}]}]}
`
	c, err := config.Load(routes)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		rule alertpath.Rule
		want []string
	}{
		"Known":    {alertpath.Rule{Expr: "vector(1)", Labels: map[string]string{"severity": "critical"}}, []string{"page [webhook] certainly"}},
		"Missing":  {alertpath.Rule{Expr: "vector(1)"}, []string{"chat [email slack] certainly"}},
		"Template": {alertpath.Rule{Expr: "vector(1)", Labels: map[string]string{"severity": "{{ $value }}"}}, []string{"page [webhook] by [severity]", "chat [email slack] by [severity]", `inhibited by {severity="critical"}, perhaps`, `inhibited by {alertname="Other"}, perhaps`}},
		"Matcher":  {alertpath.Rule{Expr: `m{severity=~"warning|critical"}`}, []string{"page [webhook] by [severity]", "chat [email slack] by [severity]", `inhibited by {severity="critical"}, perhaps`, `inhibited by {alertname="Other"}, perhaps`}},
		"Group":    {alertpath.Rule{Expr: "m", GroupLabels: map[string]string{"severity": "warning"}}, []string{"chat [email slack] certainly", `inhibited by {severity="critical"}, certainly`, `inhibited by {alertname="Other"}, certainly`}},
	} {
		t.Run(name, func(t *testing.T) {
			test.rule.Alert = "A"
			l, err := alertpath.OfRule(test.rule, parser.Options{}, resultlabels.Options{})
			if err != nil {
				t.Fatal(err)
			}
			v := alertpath.Follow(c, l)
			var got []string
			for _, n := range v.Notifications {
				how := "certainly"
				if !n.Certain {
					how = fmt.Sprint("by ", n.DependsOn)
				}
				got = append(got, fmt.Sprint(n.Receiver, " ", n.Integrations, " ", how))
			}
			for _, i := range v.Inhibitions {
				how := "perhaps"
				if i.Certain {
					how = "certainly"
				}
				got = append(got, "inhibited by "+i.Source+", "+how)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestTooMany: routes that tell too many cases apart are all possible, after a bounded time.
func TestTooMany(t *testing.T) {
	c := &config.Config{Route: &config.Route{Receiver: "rest"}}
	for n := range 40 {
		m, err := labels.NewMatcher(labels.MatchEqual, fmt.Sprint("label", n), "a")
		if err != nil {
			t.Fatal(err)
		}
		c.Route.Routes = append(c.Route.Routes, &config.Route{Receiver: fmt.Sprint(n), Continue: true, Matchers: []*labels.Matcher{m}})
	}
	l, err := alertpath.OfRule(alertpath.Rule{Alert: "A", Expr: "m"}, parser.Options{}, resultlabels.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := alertpath.Follow(c, l)
	if !v.TooMany || len(v.Notifications) != 41 || v.Notifications[3].Certain {
		t.Errorf("too many: %t, %d notifications", v.TooMany, len(v.Notifications))
	}
}
