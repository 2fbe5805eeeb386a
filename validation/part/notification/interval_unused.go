package notification

import (
	"github.com/prometheus/alertmanager/pkg/labels"

	"github.com/promgate/promgate/validation"
)

// IntervalUnused warns about a time interval that no route names.
var IntervalUnused = validation.Check[*Config]{
	ID: "interval-unused", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "No route uses the time interval",
		Text: `A time interval mutes nothing by itself: a route has to name it in ` + "`muteTimeIntervals` or `activeTimeIntervals`" + `
(` + "`mute_time_intervals`, `active_time_intervals`" + ` in the Secret of an Alertmanager). Routes of other objects cannot name it.

A route does not inherit them from the route around it: Alertmanager reads those of the route itself only
(v0.35.0, dispatch/route.go). Name the interval in each route that it is for, or remove it.`,
		Since: "v0.1.0",
	},
	Run: func(c *Config, _ validation.Snapshot) []validation.Finding {
		if c.Route == nil {
			return nil
		}
		used := map[string]bool{}
		c.Route.walk(nil, func(r *Route, _ labels.Matchers) {
			for _, name := range r.Intervals {
				used[name] = true
			}
		})
		var found []validation.Finding
		for _, i := range c.Intervals {
			if !used[i.Name] {
				found = append(found, i.At("name").Finding("no route uses the time interval, which mutes nothing then", "name it in a route, or remove it", i.Name))
			}
		}
		return found
	},
}
