package monitor

import (
	"fmt"

	"github.com/promgate/promgate/validation"
)

var portIgnored = validation.Check[*Object]{
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
	Run: func(o *Object, snapshot validation.Snapshot) []validation.Finding {
		var found []validation.Finding
		for i, s := range o.Scrapes {
			for _, p := range s.IgnoredPorts {
				if samePort(p, snapshot.PodPorts[i]) {
					continue
				}
				used := s.Ports[0]
				found = append(found, p.Finding(
					fmt.Sprintf("%s is ignored, since %s is set: %q is scraped, not %q", p.FieldName(), used.FieldName(), used.Value.String(), p.Value.String()),
					"remove one of the two", p.Value.String()))
			}
		}
		return found
	},
}

// samePort reports whether a port may be the one that all Services have. The name of a port cannot
// be compared with a number.
func samePort(p Port, ofPods []string) bool {
	for _, port := range ofPods {
		if isAllDigits(port) == isAllDigits(p.Value.String()) && port != p.Value.String() {
			return false
		}
	}
	return len(ofPods) > 0
}
