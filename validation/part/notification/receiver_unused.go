package notification

import (
	"github.com/prometheus/alertmanager/pkg/labels"

	"github.com/promgate/promgate/validation"
)

// ReceiverUnused warns about a receiver that no route names.
var ReceiverUnused = validation.Check[*Config]{
	ID: "receiver-unused", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "No route uses the receiver",
		Text: `No route names the receiver, so that no alert is ever sent to it. A receiver of an AlertmanagerConfig can be named by routes
of the same object only: the operator adds the namespace and the name of the object to the names of its receivers. One of the
Secret of an Alertmanager can be named by routes in the same Secret only.

Name the receiver in a route, or remove it. A receiver that notifies nobody is not reported.`,
		Since: "v0.1.0",
	},
	Run: func(c *Config, _ validation.Snapshot) []validation.Finding {
		if c.Route == nil && !c.Unrouted {
			return nil
		}
		used := map[string]bool{}
		c.Route.walk(nil, func(r *Route, _ labels.Matchers) { used[r.Receiver] = true })
		var found []validation.Finding
		for _, r := range c.Receivers {
			if !used[r.Name] && len(r.Integrations) > 0 {
				found = append(found, r.At("name").Finding("no route uses the receiver", "name it in a route, or remove it", r.Name))
			}
		}
		return found
	},
}
