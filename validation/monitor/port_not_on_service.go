package monitor

import (
	"fmt"
	"strings"

	"github.com/promgate/promgate/jobs"
	"github.com/promgate/promgate/validation"
)

var portNotOnService = validation.Check[*Object]{
	ID: "port-not-on-service", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "No selected Service has a port of that name",
		Text: "`port`" + ` of a ServiceMonitor is the name of a port of the Service, not of the container, and not a number.
The object selects Services, but none of them has a port of that name, so that the endpoint finds no
targets. The message lists the names of their ports.

The check does not warn if one of the Services has the port, or if no Service exists yet. It ignores
Services without a selector, whose endpoints are managed elsewhere.`,
		Since: "v0.1.0",
	},
	Run: func(o *Object, s validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, u := range s.Unserved {
			if u.Endpoint >= len(o.Scrapes) || len(o.Scrapes[u.Endpoint].Ports) == 0 {
				continue
			}
			port := o.Scrapes[u.Endpoint].Ports[0]
			if isAllDigits(port.Value.StrVal) {
				continue // check port-number reports it
			}
			found = append(found, port.Finding(fmt.Sprintf("%s no port named %q, only %s", servicesHave(u), port.Value.String(), portNames(u.Ports)),
				"name the port as the Service does", port.Value.String()))
		}
		return found
	},
}

func servicesHave(u jobs.Unserved) string {
	switch u.Services {
	case 1:
		return "Service " + u.Service + " has"
	case 2:
		return "Service " + u.Service + " and another that is selected have"
	}
	return fmt.Sprintf("Service %s and %d others that are selected have", u.Service, u.Services-1)
}

const maxPortNames = 5

// portNames lists the names of ports; a port without a name comes last.
func portNames(names []string) string {
	var parts []string
	for _, name := range names {
		if name != "" {
			parts = append(parts, fmt.Sprintf("%q", name))
		}
	}
	if len(parts) < len(names) {
		parts = append(parts, "one without a name")
	}
	if len(parts) > maxPortNames {
		return strings.Join(parts[:maxPortNames], ", ") + ", ..."
	}
	return strings.Join(parts, ", ")
}
