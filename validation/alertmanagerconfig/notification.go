package alertmanagerconfig

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/alertmanager/pkg/labels"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/notification"
)

var specPath = fieldpath.New("spec")

// on lifts a check on routes, receivers and the like to a check on the object.
func on(check validation.Check[*notification.Config]) validation.Check[*object] {
	return notification.On(check, (*object).notification)
}

// notification reads the object. It has no Alertmanager's words to say of what cannot be read: the judge has.
func (o *object) notification(s validation.Snapshot) *notification.Config {
	if o.read != nil || o.config == nil {
		return o.read
	}
	spec := &o.config.Spec
	c := &notification.Config{Unrouted: spec.Route == nil}
	if view := o.judged(s).Alertmanager; view != nil {
		c.Confined, c.Templates = view.Confined, &view.Templates
	}
	if spec.Route != nil {
		c.Route = routeAt(validation.Place{Path: specPath.Field("route")}, spec.Route)
	}
	for i := range spec.Receivers {
		c.Receivers = append(c.Receivers, o.receiver(i))
	}
	for i, t := range spec.MuteTimeIntervals {
		c.Intervals = append(c.Intervals, notification.Interval{Place: validation.Place{Path: o.intervals.Index(i)}, Name: t.Name})
	}
	for i := range spec.InhibitRules {
		r := &spec.InhibitRules[i]
		source, ok := matchersOf(r.SourceMatch)
		target, alsoOK := matchersOf(r.TargetMatch)
		if ok && alsoOK {
			c.InhibitRules = append(c.InhibitRules, notification.InhibitRule{
				Place: validation.Place{Path: specPath.Field("inhibitRules").Index(i)}, Source: source, Target: target, Equal: r.Equal,
			})
		}
	}
	o.read = c
	return c
}

// routeAt reads a route and those below it. It returns nil if one of them cannot be read.
func routeAt(p validation.Place, r *monitoringv1alpha1.Route) *notification.Route {
	matchers, ok := matchersOf(r.Matchers)
	if !ok {
		return nil
	}
	children, err := r.ChildRoutes()
	if err != nil {
		return nil
	}
	route := &notification.Route{
		Place: p, Receiver: r.Receiver, Matchers: matchers, Continue: r.Continue,
		Intervals: slices.Concat(r.MuteTimeIntervals, r.ActiveTimeIntervals),
	}
	for i := range children {
		below := routeAt(p.At("routes").Index(i), &children[i])
		if below == nil {
			return nil
		}
		route.Routes = append(route.Routes, below)
	}
	return route
}

// matchersOf reads matchers as Alertmanager does.
func matchersOf(list []monitoringv1alpha1.Matcher) (labels.Matchers, bool) {
	var matchers labels.Matchers
	for _, m := range list {
		matcher, err := labels.NewMatcher(matchType(m), m.Name, m.Value)
		if err != nil {
			return nil, false
		}
		matchers = append(matchers, matcher)
	}
	return matchers, true
}

func matchType(m monitoringv1alpha1.Matcher) labels.MatchType {
	switch {
	case m.MatchType == monitoringv1alpha1.MatchRegexp || m.MatchType == "" && m.Regex:
		return labels.MatchRegexp
	case m.MatchType == monitoringv1alpha1.MatchNotEqual:
		return labels.MatchNotEqual
	case m.MatchType == monitoringv1alpha1.MatchNotRegexp:
		return labels.MatchNotRegexp
	}
	return labels.MatchEqual
}

// receiver reads a receiver, with the names that its fields have in the object.
func (o *object) receiver(i int) notification.Receiver {
	r := &o.config.Spec.Receivers[i]
	place := validation.Place{Path: receiversPath.Index(i), Subject: validation.Subject{"receiver " + strconv.Quote(r.Name)}, Key: r.Name}
	receiver := notification.Receiver{Place: place, Name: r.Name}
	var lists map[string]json.RawMessage
	if data, err := json.Marshal(r); err != nil || validation.Decode(data, &lists) != nil {
		return receiver
	}
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		var entries []map[string]any
		if notification.KindOf(key) == "" || validation.Decode(lists[key], &entries) != nil {
			continue
		}
		for n, fields := range entries {
			receiver.Integrations = append(receiver.Integrations, notification.Integration{
				Place: place.At(key).Index(n), Kind: notification.KindOf(key), Fields: fields,
			})
		}
	}
	return receiver
}
