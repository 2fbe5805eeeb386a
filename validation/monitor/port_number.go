package monitor

import (
	"fmt"
	"strconv"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"github.com/promgate/promgate/validation"
)

var portNumber = validation.Check[Scrape]{
	ID: "port-number", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "A port has a number instead of a name",
		Text: `A port in quotes is matched by its name. The name of a Pod's port has at least one letter, so that
a number matches no port, and nothing is scraped. The name of a Service's port can be a number, but
hardly ever is.

- ` + "`port`" + ` of a ServiceMonitor is the name of the Service's port. To use a number, set
  ` + "`targetPort`" + `, without quotes: it is the number of the container's port, not of the Service's.
- In a PodMonitor use ` + "`portNumber`" + `.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, _ validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for _, p := range s.Ports {
			if !isAllDigits(p.Value.StrVal) {
				continue
			}
			problem, fix := numberForName(s.Endpoint, p)
			found = append(found, p.Finding(problem, fix, p.Value.StrVal))
		}
		return found
	},
}

func numberForName(endpoint any, p Port) (problem, fix string) {
	number, err := strconv.ParseUint(p.Value.StrVal, 10, 16)
	outside := err != nil || number == 0
	problem = fmt.Sprintf("%q in quotes is a port name, and no port of a Pod can have such a name", p.Value.StrVal)
	switch endpoint.(type) {
	case *monitoringv1.PodMetricsEndpoint:
		fix = fmt.Sprintf("use portNumber: %d", number)
	default:
		fix = fmt.Sprintf("write targetPort: %d, without quotes", number)
		if p.FieldName() == "port" {
			problem = fmt.Sprintf("%q is a number, but port takes the name of a port of the Service", p.Value.StrVal)
			fix = fmt.Sprintf("write that name, or use targetPort: %d if it is the container's port", number)
		}
	}
	if outside {
		fix = "write the name of the port"
	}
	return problem, fix
}

func isAllDigits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return text != ""
}
