package monitor

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

var portIgnored = validation.Check[Scrape]{
	ID: "port-ignored", Severity: validation.Warn,
	Doc: validation.Doc{
		Title: "An endpoint names its port in two fields",
		Text: `The operator uses only one of the fields, and says nothing about the others: ` + "`port`" + ` in a
ServiceMonitor, and in a PodMonitor the first of ` + "`port`" + `, ` + "`portNumber`" + ` and ` + "`targetPort`" + `. What the
other field names is not scraped.

Remove the field that is not meant. The check is silent about a ` + "`targetPort`" + ` that is the port of the
Pods which the selected Service has behind ` + "`port`" + `, since both then name the same.`,
		Since: "v0.1.0",
	},
	Run: func(s Scrape, _ validation.Snapshot) []validation.Finding {
		if len(s.Ports) == 0 {
			return nil
		}
		used := s.Ports[0]
		var found []validation.Finding
		for _, p := range s.IgnoredPorts {
			found = append(found, p.Finding(
				fmt.Sprintf("%s is ignored, since %s is set: %q is scraped, not %q", p.FieldName(), used.FieldName(), used.Value.String(), p.Value.String()),
				"remove one of the two", p.Value.String()))
		}
		return found
	},
}
