package alertmanager

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/inhibit"

	"github.com/promgate/promgate/internal/fieldpath"
	"github.com/promgate/promgate/validation"
	"github.com/promgate/promgate/validation/part/notification"
)

var configSecret = fieldpath.New("spec", "configSecret")

// on lifts a check on routes, receivers and the like to a check on the Secret of an Alertmanager.
func on(check validation.Check[*notification.Config]) validation.Check[*object] {
	lifted := notification.On(check, (*object).notification)
	run := lifted.Run
	lifted.Run = func(o *object, s validation.Snapshot) []validation.Finding {
		found := run(o, s)
		for i := range found {
			found[i] = inSecret(found[i], o.judged(s).Alertmanager.Secret)
		}
		return found
	}
	return lifted
}

// notification reads the configuration in the Secret. It returns nil if that is not known.
func (o *object) notification(s validation.Snapshot) *notification.Config {
	if view := o.judged(s).Alertmanager; o.read == nil && view != nil && view.Config != nil {
		o.read = configOf(view)
	}
	return o.read
}

// inSecret moves a finding to the field that names the Secret: the places in the Secret become its subject.
func inSecret(f validation.Finding, secret string) validation.Finding {
	f.Subject = append(validation.Subject{"Secret " + secret}, append(slices.Clone(f.Subject), f.Path.String())...)
	f.Path, f.Excerpt = configSecret, nil
	return f
}

// configOf reads the configuration of a Secret. The paths are those in the Secret.
func configOf(view *validation.AlertmanagerView) *notification.Config {
	c := &notification.Config{Templates: &view.Templates}
	c.Route = routeAt(validation.Place{Path: fieldpath.New("route")}, view.Config.Route)
	for i, t := range view.Config.MuteTimeIntervals {
		c.Intervals = append(c.Intervals, notification.Interval{Place: validation.Place{Path: fieldpath.New("mute_time_intervals").Index(i)}, Name: t.Name})
	}
	for i, t := range view.Config.TimeIntervals {
		c.Intervals = append(c.Intervals, notification.Interval{Place: validation.Place{Path: fieldpath.New("time_intervals").Index(i)}, Name: t.Name})
	}
	for i, written := range view.Config.InhibitRules {
		r := inhibit.NewInhibitRule(written)
		c.InhibitRules = append(c.InhibitRules, notification.InhibitRule{
			Place: validation.Place{Path: fieldpath.New("inhibit_rules").Index(i)}, Source: r.SourceMatchers, Target: r.TargetMatchers, Equal: written.Equal,
		})
	}
	c.Receivers = receiversOf(view.Receivers)
	return c
}

func routeAt(p validation.Place, r *config.Route) *notification.Route {
	route := &notification.Route{
		Place: p, Receiver: r.Receiver, Matchers: r.AllMatchers(), Continue: r.Continue,
		Intervals: slices.Concat(r.MuteTimeIntervals, r.ActiveTimeIntervals),
	}
	for i, below := range r.Routes {
		route.Routes = append(route.Routes, routeAt(p.At("routes").Index(i), below))
	}
	return route
}

// receiversOf reads the receivers as they are written.
func receiversOf(written []map[string]any) []notification.Receiver {
	var receivers []notification.Receiver
	for i, r := range written {
		name := fmt.Sprint(r["name"])
		place := validation.Place{Path: fieldpath.New("receivers").Index(i), Subject: validation.Subject{"receiver " + strconv.Quote(name)}, Key: name}
		receiver := notification.Receiver{Place: place, Name: name}
		for _, key := range slices.Sorted(maps.Keys(r)) {
			entries, _ := r[key].([]any)
			for n, entry := range entries {
				if fields, ok := entry.(map[string]any); ok && notification.KindOf(key) != "" {
					receiver.Integrations = append(receiver.Integrations, notification.Integration{
						Place: place.At(key).Index(n), Kind: notification.KindOf(key), Fields: fields,
					})
				}
			}
		}
		receivers = append(receivers, receiver)
	}
	return receivers
}
